export { isNetwork } from './allowed-addresses.ts'
export { type WebhookSenderOptions, webhookSender } from './webhook-sender.ts'
