import type { Role, UserId } from '@muster/core'
import { UnauthorizedError } from '@muster/core'
import type { Authenticator } from '@muster/core/ports'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../worlds/samples.ts'

/** What a token is to say. */
interface Claims {
  readonly userId: UserId
  readonly role: Role
  readonly expiresAt: Date
}

/** An authenticator, and whoever issues the tokens that it holds true. */
export interface OpenAuthenticator {
  readonly authenticator: Authenticator
  issue(claims: Claims): Promise<string>
  close?(): Promise<void>
}

/** Everything that {@link Authenticator} promises, case by case. */
export function authenticatorContract(name: string, open: () => Promise<OpenAuthenticator>): void {
  describe(`${name} is an Authenticator`, () => {
    let opened: OpenAuthenticator
    beforeEach(async () => {
      opened = await open()
    })
    afterEach(() => opened.close?.())

    /** Whole seconds: what tokens tell of an end. */
    const inAnHour = (): Date => new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 3_600_000)

    it.each(['admin', 'manager', 'annotator'] as const)(
      'names the user, the role %s and the end of a token',
      async (role) => {
        const claims = { userId: newId<'UserId'>(), role, expiresAt: inAnHour() }
        expect(await opened.authenticator.authenticate(await opened.issue(claims))).toEqual(claims)
      },
    )

    it('lets nobody in with a token that is over, was changed, or is none', async () => {
      const claims = { userId: newId<'UserId'>(), role: 'admin', expiresAt: inAnHour() } as const
      const good = await opened.issue(claims)
      const over = await opened.issue({ ...claims, expiresAt: new Date(1_000) })
      const middle = Math.floor(good.length / 2)
      const changed = `${good.slice(0, middle)}${good[middle] === 'A' ? 'B' : 'A'}${good.slice(middle + 1)}`
      for (const token of [
        over,
        changed,
        good.slice(0, -4),
        '',
        'undefined',
        'a.b.c',
        '\u0000',
        '🦊'.repeat(999),
      ]) {
        await expect(opened.authenticator.authenticate(token)).rejects.toBeInstanceOf(UnauthorizedError)
      }
      expect(await opened.authenticator.authenticate(good)).toEqual(claims)
    })
  })
}
