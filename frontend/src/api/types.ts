/**
 * The shapes of the program's replies, taken from the routes of its OpenAPI document. This is the only file that knows
 * how that document spells them; everything else imports from here.
 */
import type { paths } from '#api'

/** Keys are always present in replies (absent values are null), whatever the document marks as required. */
type Present<T> = T extends (infer Item)[]
  ? Present<Item>[]
  : T extends object
    ? { [K in keyof T]-?: Present<Exclude<T[K], undefined>> }
    : T
type JsonOf<T> = T extends { content: { 'application/json': infer Body } } ? Body : never
type GetOf<P extends keyof paths> = paths[P] extends { get: { responses: { 200: infer R } } }
  ? Present<JsonOf<R>>
  : never
type PostOf<P extends keyof paths> = paths[P] extends { post: { responses: { 200: infer R } } }
  ? Present<JsonOf<R>>
  : never
type CreatedOf<P extends keyof paths> = paths[P] extends { post: { responses: { 201: infer R } } }
  ? Present<JsonOf<R>>
  : never
type RowOf<P extends keyof paths> = GetOf<P> extends { data: (infer Row)[] } ? Row : never
type Override<T, U> = Omit<T, keyof U> & U
/** Members that the document calls nullable although a reply always has a value there. */
type Known<T, K extends keyof T> = Omit<T, K> & { [P in K]: NonNullable<T[P]> }

export interface Page<Row> {
  data: Row[]
  next_cursor: string | null
}

export type Membership = Known<PostOf<'/api/v2/auth/login'>['companies'][number], 'name'>
export type User = Known<NonNullable<PostOf<'/api/v2/auth/login'>['user']>, 'email' | 'name'>
export type LoginReply = Override<
  Known<PostOf<'/api/v2/auth/login'>, 'access_token'>,
  { user: User; companies: Membership[] }
>
export type SignupReply = Override<
  Known<CreatedOf<'/api/v2/auth/signup'>, 'access_token'>,
  { user: User; company: Membership }
>
export type Invited = Known<GetOf<'/api/v2/auth/invitations/{token}'>, 'company_id' | 'company_name' | 'email'>
export type Me = Override<Known<GetOf<'/api/v2/me'>, 'email' | 'name'>, { entered: CompanyEntry[] }>
export type TwoFactorSetup = Known<PostOf<'/api/v2/auth/2fa/setup'>, 'secret' | 'qr_svg'>
export type Session = Known<RowOf<'/api/v2/auth/sessions'>, 'created_at' | 'expires_at'>
export type Colleague = Known<RowOf<'/api/v2/users'>, 'email' | 'name' | 'created_at'>
export type Invitation = Known<RowOf<'/api/v2/invitations'>, 'email' | 'created_at' | 'expires_at'>
export type ApiKey = Known<RowOf<'/api/v2/api-keys'>, 'name' | 'prefix' | 'last_four' | 'created_at' | 'issued_at'>
export type NewApiKey = Known<CreatedOf<'/api/v2/api-keys'>, 'name'>
export type CompanyEntry = Known<PostOf<'/api/v2/platform/companies/{id}/enter'>, 'name' | 'expires_at'>
export type PlatformCompany = Known<RowOf<'/api/v2/platform/companies'>, 'name'>
export type RoleRight = Known<RowOf<'/api/v2/roles'>, 'permission'>
export type AuditEntry = Known<RowOf<'/api/v2/audit'>, 'created_at' | 'action' | 'subject'>
export type LiveTicket = Known<CreatedOf<'/api/v2/live/ticket'>, 'url'>
export type AuditState = GetOf<'/api/v2/audit/verify'>
export type Company = Known<
  GetOf<'/api/v2/companies/current'>,
  'name' | 'country' | 'time_zone' | 'currency' | 'locale'
>
export type CompanySettings = GetOf<'/api/v2/companies/current/settings'>
export type Branch = Known<RowOf<'/api/v2/branches'>, 'name' | 'time_zone'>
export type Staff = Known<RowOf<'/api/v2/staff'>, 'name'>
export type Customer = Known<RowOf<'/api/v2/customers'>, 'created_at'>
export type CallEvent = Known<RowOf<'/api/v2/calls/{id}/events'>, 'event' | 'status' | 'received_at'>
export type Booking = Known<
  RowOf<'/api/v2/bookings'>,
  'customer_id' | 'starts_at' | 'ends_at' | 'local_start' | 'time_zone' | 'currency'
>
export type Task = Known<RowOf<'/api/v2/tasks'>, 'title' | 'created_at'>
export type Notification = Known<RowOf<'/api/v2/notifications'>, 'recipient'>
export type Job = Known<RowOf<'/api/v2/jobs'>, 'kind' | 'run_at'>
export type UnassignedCall = Known<
  RowOf<'/api/v2/unassigned-calls'>,
  'provider' | 'provider_call_id' | 'reason' | 'received_at'
>
export type Call = Override<
  Known<RowOf<'/api/v2/calls'>, 'created_at'>,
  { booking_details: BookingDetails | null; cost: CallCost | null }
>

/** What the caller wished and what became of it: a document of its own, so every key may be absent. */
export interface BookingDetails {
  intent?: string | null
  customer_name?: string | null
  service?: string | null
  staff?: string | null
  requested_local_start?: string | null
  booked_local_start?: string | null
  confidence?: number | null
  accepts_alternatives?: boolean | null
  reason?: string | null
  alternatives?: { local_start: string; staff_name: string | null }[] | null
  notes?: string | null
}

export interface CallCost {
  customer_cents: number
  currency: string
  platform_microusd: number
  parts: CallCostPart[]
  /** `1.100000 USD per EUR of 2020-01-01 (demo)` */
  exchange_rate: string | null
}

export interface CallCostPart {
  kind: string
  quantity: number
  unit: string
  microusd: number
}

/** The paths that exist, so that a misspelt or removed one does not compile. */
export type ApiPath = keyof paths
