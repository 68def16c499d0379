import type { Endpoint } from '../correlate/model.ts';

/** What JSON text must escape, and what no terminal should get: C0, DEL, C1, bidirectional and line controls, lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
const UNSAFE = /["\\\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
const HIDDEN = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** A JSON string. */
export function str(text: string): string {
  if (!UNSAFE.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(HIDDEN, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function numbers(list: number[]): string {
  if (list.length === 0) return '[]';
  let text = `[${list[0]}`;
  for (let i = 1; i < list.length; i++) text += `,${list[i]}`;
  return `${text}]`;
}

export const strings = (list: string[]): string => (list.length === 0 ? '[]' : `[${list.map(str).join(',')}]`);
export const endpoint = (e: Endpoint): string => `{"address":"${e.address}","port":${e.port}}`;

/** Nanoseconds as a JSON number of milliseconds. */
export const ms = (nanoseconds: number): string => String(Math.round(nanoseconds) / 1e6);

/** Turns the session's times into decimal strings of seconds since 1970 with nine digits, exactly. */
export class Clock {
  private readonly base: number;
  constructor(baseSeconds: number) {
    this.base = Number.isNaN(baseSeconds) ? 0 : baseSeconds;
  }

  /** As a JSON string. */
  time(nanoseconds: number): string {
    const seconds = Math.floor(nanoseconds / 1e9);
    return exactTime(this.base + seconds, Math.round(nanoseconds - seconds * 1e9));
  }
}

export function exactTime(seconds: number, nanoseconds: number): string {
  return `"${seconds}.${String(1e9 + nanoseconds).slice(1)}"`;
}
