import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { apiAll, apiGet } from '@/api/client'
import type { Branch, Company, Me, Staff } from '@/api/types'

/** The chosen company's own facts: zone and currency, branches and staff, and what the user may do in it. */
export const useCompany = defineStore('company', () => {
  const company = ref<Company | null>(null)
  const branches = ref<Branch[]>([])
  const staff = ref<Staff[]>([])
  const me = ref<Me | null>(null)

  const zone = computed(() => company.value?.time_zone ?? 'UTC')
  const hasBranches = computed(() => branches.value.length > 1)

  async function load(): Promise<void> {
    const [facts, allBranches, allStaff, self] = await Promise.all([
      apiGet<Company>('/api/v2/companies/current'),
      apiAll<Branch>('/api/v2/branches'),
      apiAll<Staff>('/api/v2/staff'),
      apiGet<Me>('/api/v2/me'),
    ]).catch((error: unknown) => {
      me.value = null
      throw error
    })
    company.value = facts
    branches.value = allBranches
    staff.value = allStaff
    me.value = self
  }

  /** What the user is and may do here, after that has changed. */
  async function loadMe(): Promise<void> {
    me.value = await apiGet<Me>('/api/v2/me')
  }

  const branch = (id: string | null) => branches.value.find((each) => each.id === id) ?? null
  const zoneOf = (branchId: string | null) => branch(branchId)?.time_zone ?? zone.value
  const role = computed(() => me.value?.company?.role ?? null)
  const may = (permission: string) => me.value?.permissions.includes(permission) ?? false

  return { company, branches, staff, me, role, zone, hasBranches, load, loadMe, branch, zoneOf, may }
})
