/** English and Korean, by Wireshark's field name. */
export type Meanings = Readonly<Record<string, readonly [en: string, ko: string]>>;
