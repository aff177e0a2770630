import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { apiAll, apiGet } from '@/api/client'
import type { Branch, Company, Me, Staff } from '@/api/types'

/** The chosen company's own facts: zone and currency, branches and staff, and what the user may do in it. */
export const useCompany = defineStore('company', () => {
  const company = ref<Company | null>(null)
  const branches = ref<Branch[]>([])
  const staff = ref<Staff[]>([])
  const permissions = ref<string[]>([])

  const zone = computed(() => company.value?.time_zone ?? 'UTC')
  const hasBranches = computed(() => branches.value.length > 1)

  async function load(): Promise<void> {
    const [facts, allBranches, allStaff, me] = await Promise.all([
      apiGet<Company>('/api/v2/companies/current'),
      apiAll<Branch>('/api/v2/branches'),
      apiAll<Staff>('/api/v2/staff'),
      apiGet<Me>('/api/v2/me'),
    ])
    company.value = facts
    branches.value = allBranches
    staff.value = allStaff
    permissions.value = me.permissions
  }

  const branch = (id: string | null) => branches.value.find((each) => each.id === id) ?? null
  const zoneOf = (branchId: string | null) => branch(branchId)?.time_zone ?? zone.value
  const may = (permission: string) => permissions.value.includes(permission)

  return { company, branches, staff, permissions, zone, hasBranches, load, branch, zoneOf, may }
})
