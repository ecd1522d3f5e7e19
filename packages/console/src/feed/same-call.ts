import { useRef } from 'preact/hooks'

/** Keys of calls for as long as a dialog is open: a repeat of the same body has the same key, so that it is done once. */
export function useCallKey(): (body: unknown) => string {
  const keys = useRef(new Map<string, string>())
  return (body) => {
    const text = JSON.stringify(body)
    const key = keys.current.get(text) ?? crypto.randomUUID()
    keys.current.set(text, key)
    return key
  }
}
