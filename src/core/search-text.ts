import type { SearchResultBlock } from './turn.ts'

/** A search result as plain words, for who reads no other: its title, where it was found, and what was found. */
export function searchText({ title, origin, texts }: SearchResultBlock): string {
  return [title, origin, ...texts].filter((line) => line.trim() !== '').join('\n')
}
