import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'

export const SECRET = 'a secret of more than thirty-two characters'

export function adminToken(): Promise<string> {
  return tokenFor(randomUUID(), 'admin')
}

/** A token of the host for somebody, by whatever id. */
export function tokenFor(subject: string, role: string): Promise<string> {
  return new SignJWT({ role })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(SECRET))
}
