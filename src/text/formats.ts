/** Forms of a report: for people; one document; one record a line; an HTTP archive for the browser's own tools. */
export const FORMATS = ['text', 'json', 'jsonl', 'har'] as const;
export type Format = (typeof FORMATS)[number];
export const isFormat = (word: string): word is Format => (FORMATS as readonly string[]).includes(word);
