import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'

export const SECRET = 'a secret of more than thirty-two characters'

export function adminToken(): Promise<string> {
  return new SignJWT({ role: 'admin' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(randomUUID())
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(SECRET))
}
