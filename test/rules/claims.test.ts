import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CLAIMS, DOCUMENTS, NO_PACKET_DECIDES } from '../../src/rules/claims/index.ts';
import { RULES } from '../../src/rules/registry.ts';

const BOOK = resolve(import.meta.dirname, '../../../shared/book/claims.md');

/** As the book counts them, by document. */
const COUNTS = { '000': 55, '001': 62, '002': 47, '003': 79, '004': 44 };
/** As the book lists those that are wrong outright or as an order. */
const WRONG = `000-41 001-24 001-37 001-49 001-50 002-04 002-23 002-28 002-40 002-46 003-07 003-19 003-40 003-44 003-54 003-67
  003-78 004-03 004-17 004-22 004-33`.split(/\s+/);

describe('the claims of the documents', () => {
  test('are 287, none is lost', () => {
    const counted = Object.fromEntries(DOCUMENTS.map(({ id }) => [id, CLAIMS.filter((c) => c.document === id).length]));
    expect(counted).toEqual(COUNTS);
    expect(new Set(CLAIMS.map(({ id }) => id)).size).toBe(287);
    for (const { id, document, lines } of CLAIMS) {
      expect(id.startsWith(`${document}-`)).toBe(true);
      expect(lines).toMatch(/^\d+(-\d+)?(,\d+(-\d+)?)*$/);
    }
  });

  test('each has a rule, or words why no packet can decide it', () => {
    const ids = new Set(RULES.map(({ id }) => id));
    const lost = CLAIMS.filter(({ id, rules }) =>
      rules.length === 0 ? NO_PACKET_DECIDES[id] === undefined : !rules.every((rule) => ids.has(rule)),
    );
    expect(lost.map(({ id, rules }) => `${id} ${rules}`)).toEqual([]);
    for (const { ko } of Object.values(NO_PACKET_DECIDES)) expect(ko).toMatch(/[가-힣]/);
  });

  test('those that are wrong as written are told so', () => {
    expect(CLAIMS.filter(({ status }) => status.includes('W')).map(({ id }) => id)).toEqual(WRONG);
  });

  test('every rule is reached from a claim', () => {
    const reached = new Set(CLAIMS.flatMap(({ rules }) => rules));
    expect(RULES.filter(({ id }) => !reached.has(id)).map(({ id }) => id)).toEqual([]);
  });

  test.skipIf(!existsSync(BOOK))('are those of the book', () => {
    const rows = [...readFileSync(BOOK, 'utf8').matchAll(/^\| (00\d-\d\d) \|(.*)\|$/gm)];
    const book = rows.map(
      ([, id, rest]) =>
        `${id} ${
          rest
            .split('|')
            .at(-1)
            ?.match(/R-[A-Z0-9]+-\d+/g) ?? ''
        }`,
    );
    expect(CLAIMS.map(({ id, rules }) => `${id} ${rules}`)).toEqual(book);
  });
});
