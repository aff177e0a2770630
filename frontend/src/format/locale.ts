const SPOKEN_IN: Record<string, string[]> = { de: ['DE', 'AT', 'CH'], en: ['GB', 'US', 'IE', 'AU', 'CA', 'NZ'] }

/** A language as it is written in a country, or in its first one where it is not at home: `en` in Germany is `en-GB`. */
export function localeTag(language: string, country: string): string {
  const countries = SPOKEN_IN[language] ?? []
  const spoken = countries.includes(country) ? country : countries[0]
  return spoken ? `${language}-${spoken}` : language
}
