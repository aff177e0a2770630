import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useCompany } from '@/stores/company'
import * as duration from '@/format/duration'
import { localeTag } from '@/format/locale'
import * as money from '@/format/money'
import * as time from '@/format/time'

/** The formatters, bound to the chosen language as it is written in the company's country, and to a zone. */
export function useFormat(zone?: () => string) {
  const { locale } = useI18n()
  const company = useCompany()
  const tag = computed(() => localeTag(locale.value, company.company?.country ?? ''))
  const at = () => zone?.() ?? company.zone

  return {
    tag,
    today: () => time.localDate(new Date(), at()),
    dateOf: (instant: string) => time.localDate(instant, at()),
    shortDate: (date: string) => time.formatShortDate(date, tag.value),
    date: (date: string) => time.formatDate(date, tag.value),
    dayName: (date: string) => time.formatDayName(date, time.localDate(new Date(), at()), tag.value),
    local: (local: string) => time.formatLocal(local, tag.value),
    localTime: (local: string) => time.formatLocalTime(local, tag.value),
    time: (instant: string) => time.formatTime(instant, at(), tag.value),
    seconds: (instant: string) => time.formatTimeWithSeconds(instant, at(), tag.value),
    mediumDate: (instant: string) => time.formatMediumDate(instant, at(), tag.value),
    shortInstant: (instant: string) => time.formatShortInstant(instant, at(), tag.value),
    instant: (instant: string) => time.formatInstant(instant, at(), tag.value),
    instantFully: (instant: string) => time.formatInstantFully(instant, at(), tag.value),
    timeIn: (instant: string, in_: string) => time.formatTime(instant, in_, tag.value),
    money: (minor: number, currency: string) => money.formatMoney(minor, currency, tag.value),
    microUsd: (microusd: number) => money.formatMicroUsd(microusd, tag.value),
    rate: (rate: number) => money.formatRate(rate, tag.value),
    number: (value: number) => money.formatNumber(value, tag.value),
    percent: (share: number) => money.formatPercent(share, tag.value),
    duration: duration.formatDuration,
    latency: (ms: number) => duration.formatLatency(ms, tag.value),
  }
}
