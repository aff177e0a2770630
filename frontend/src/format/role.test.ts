import { expect, test } from 'vitest'
import { reaches, rolesWithin } from './role'

test('nobody gives or takes a role above his own', () => {
  expect(rolesWithin('owner')).toEqual(['owner', 'manager', 'staff', 'accountant', 'read_only'])
  expect(rolesWithin('manager')).not.toContain('owner')
  expect(rolesWithin('platform_admin')).toContain('owner')
  expect(rolesWithin(null)).toEqual([])
  expect(reaches('manager', 'owner')).toBe(false)
  expect(reaches('unheard_of', 'staff')).toBe(false)
})
