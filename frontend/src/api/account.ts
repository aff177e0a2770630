import { urlOf } from './client'
import { send } from './http'
import type { ApiPath, Invited } from './types'

/** What people do with their accounts without being logged in: by a letter's link, or by asking for a letter. */
const post = (path: ApiPath, body: object) => send<null>({ method: 'POST', url: path, body })

export const askForVerification = (email: string) => post('/api/v2/auth/verify-email/resend', { email })
export const askForReset = (email: string) => post('/api/v2/auth/password/forgot', { email })
export const verifyEmail = (token: string) => post('/api/v2/auth/verify-email', { token })
export const confirmEmail = (token: string) => post('/api/v2/auth/email/confirm', { token })
export const resetPassword = (token: string, password: string) =>
  post('/api/v2/auth/password/reset', { token, password })

export const readInvitation = (token: string, signal: AbortSignal) =>
  send<Invited>({ method: 'GET', url: urlOf('/api/v2/auth/invitations/{token}', { params: { token } }), signal })
