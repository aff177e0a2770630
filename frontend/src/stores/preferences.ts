/**
 * What a browser remembers between visits: choices only, never anything that grants access.
 * `returning`: someone logged in here and has not logged out, so that asking for a new token is worth a request.
 */
type Choice = 'language' | 'colors' | 'company' | 'returning'

const key = (choice: Choice) => `frontdesk:${choice}`

export function recall(choice: Choice): string | null {
  try {
    return localStorage.getItem(key(choice))
  } catch {
    return null // storage may be switched off
  }
}

export function remember(choice: Choice, value: string): void {
  try {
    localStorage.setItem(key(choice), value)
  } catch {
    // the choice then lasts until the page is closed
  }
}
