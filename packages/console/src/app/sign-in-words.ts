/** What went wrong at the issuer, by the names that the server gives it in the address. */
const FAULTS: Readonly<Record<string, string>> = {
  issuer_away: 'The service that signs people in cannot be reached. Try again in a moment.',
  misconfigured:
    'The service that signs people in does not take this server. Its operator finds the reason in its log.',
  clock: 'The clock of this server and that of the service that signs people in are too far apart.',
  denied: 'The sign-in was refused, or broken off.',
  login: '',
  state: 'This sign-in was begun in another browser, was used already, or took longer than ten minutes.',
  refused: 'You are signed in, but not for this page. Its operator finds the reason in the log.',
}

/** A fault of signing in, in words; none for one that only means that nobody is signed in. */
export function faultInWords(fault = ''): string {
  return FAULTS[fault] ?? 'Signing in did not work. The server has logged why.'
}
