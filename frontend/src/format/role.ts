/** The roles of a company, the one that may do most first. */
export const COMPANY_ROLES = ['owner', 'manager', 'staff', 'accountant', 'read_only'] as const
export const ROLES = ['platform_admin', 'tenant_admin', ...COMPANY_ROLES] as const

const rank = (role: string) => (ROLES as readonly string[]).indexOf(role)

/** Whether someone in the role `mine` may give and take `role`: nobody reaches above himself. */
export function reaches(mine: string | null, role: string | null): boolean {
  if (mine === null || role === null) return false
  return rank(mine) >= 0 && rank(mine) <= rank(role)
}

export function rolesWithin(mine: string | null): string[] {
  return COMPANY_ROLES.filter((role) => reaches(mine, role))
}
