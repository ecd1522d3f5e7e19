import { CallError, parsed, problemIn } from './call.ts'
import { bearer, renewed } from './session.ts'
import { pathOf, settings } from './settings.ts'

interface Uploading {
  /** Hears how many bytes have gone. */
  readonly onSent?: (bytes: number) => void
  readonly signal?: AbortSignal
}

/** A browser does not say which of both it was. */
const NOT_SENT = {
  status: 0,
  code: 'offline',
  detail: 'The server cannot be reached, or the file is no longer as it was when it was chosen',
}

/** An answer, and its status. */
export interface Uploaded<Answer> {
  readonly status: number
  readonly answer: Answer
}

/**
 * Posts bytes as they are. Of what is sent by `fetch` nobody can say how far it is, hence the older interface.
 * @throws CallError, also if it was stopped (`stopped`)
 */
export async function upload<Answer>(
  path: string,
  body: Blob,
  uploading: Uploading = {},
): Promise<Uploaded<Answer>> {
  const token = bearer()
  try {
    return await sent(path, body, token, uploading)
  } catch (error) {
    const isEnded = error instanceof CallError && error.problem.status === 401
    if (!isEnded || !(await renewed(token))) throw error
    return sent(path, body, bearer(), uploading)
  }
}

function sent<Answer>(
  path: string,
  body: Blob,
  token: string | undefined,
  { onSent, signal }: Uploading,
): Promise<Uploaded<Answer>> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const refuse = (problem: CallError['problem']): void => reject(new CallError(problem))
    request.open('POST', `${pathOf(settings.api)}${path}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    if (token !== undefined) request.setRequestHeader('authorization', `Bearer ${token}`)
    request.upload.onprogress = ({ loaded }) => onSent?.(loaded)
    request.onload = () => {
      const { status, responseText } = request
      if (status >= 200 && status < 300) resolve({ status, answer: parsed(responseText) as Answer })
      else refuse(problemIn(status, responseText))
    }
    request.onerror = () => refuse(NOT_SENT)
    request.onabort = () =>
      refuse({ status: 0, code: 'stopped', detail: 'It was stopped before it was sent' })
    signal?.addEventListener('abort', () => request.abort())
    request.send(body)
  })
}
