import type { ConsoleOptions } from './options.ts'

type Allowed = Pick<ConsoleOptions, 'mediaOrigins' | 'frameAncestors'>

/** What the page may do: its own files and its own server, and nothing that is made of text at run time. */
function contentPolicy({ mediaOrigins = [], frameAncestors = [] }: Allowed): string {
  const media = ["'self'", 'data:', 'blob:', ...mediaOrigins].join(' ')
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    `img-src ${media}`,
    `media-src ${media}`,
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frameAncestors.length === 0 ? "'none'" : frameAncestors.join(' ')}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
}

/** Features of browsers that could be switched off when this was written; the page needs one of them. */
const FEATURES = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'gamepad',
  'geolocation',
  'gyroscope',
  'hid',
  'identity-credentials-get',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'otp-credentials',
  'payment',
  'picture-in-picture',
  'publickey-credentials-create',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'usb',
  'window-management',
  'xr-spatial-tracking',
]

/** The headers of every answer below the prefix. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** The headers of the page itself. */
export function pageHeaders(allowed: Allowed): Readonly<Record<string, string>> {
  return {
    ...COMMON_HEADERS,
    'content-security-policy': contentPolicy(allowed),
    'permissions-policy': [...FEATURES.map((feature) => `${feature}=()`), 'clipboard-write=(self)'].join(
      ', ',
    ),
  }
}
