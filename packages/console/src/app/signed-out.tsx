import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { loginAddress } from '../api/round.ts'
import { settings } from '../api/settings.ts'
import './signed-out.css'

/** Nobody is signed in: why, and what to do. */
export function SignedOut({ why }: { readonly why: string }): VNode {
  const login = loginAddress()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <main class="signed-out">
      <h1 ref={heading} tabIndex={-1}>
        Sign in to {settings.title}
      </h1>
      {why !== '' && <p role="alert">{why}</p>}
      {login === null ? (
        <>
          <p>
            This page opens by a link that works once. <code>npm start</code> prints one for each of its
            people, and <code>npm run console</code> asks a running server for a fresh one.
          </p>
          <p class="quiet">
            Whoever has a token gets a code for it by <code>POST {settings.prefix}/link</code>, and opens{' '}
            <code>{settings.prefix}/#code=…</code>.
          </p>
        </>
      ) : (
        <p>
          <a class="button primary" href={login}>
            Sign in
          </a>
        </p>
      )}
    </main>
  )
}
