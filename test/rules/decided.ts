import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RULES } from '../../src/rules/registry.ts';
import type { Judgement } from '../../src/rules/rule.ts';

/*
 * Each rule has a case in which its statement holds and one in which it does not. `judge` notes what the tests of the rules were
 * told, each test file in its own process; when all of them have run, the notes are read (vitest's global setup).
 */

/** Statements that no capture can show to be wrong (what does not fit is skipped or unknown), and those that none can show to be right. */
const ONE_WAY = {
  confirmed:
    'R-ARP-2 R-ARP-7 R-DNS-6 R-DNS-8 R-ENC-3 R-FW-1 R-IP-3 R-IP-9 R-LB-2 R-LB-3 R-LB-4 R-NAT-6 R-NAT-7 R-TCP-5 R-TCP-6 R-TCP-7 R-VPN-1',
  contradicted: 'R-ENC-4 R-ENC-5 R-FIN-6 R-IP-5 R-IP-8 R-ORD-2',
};
const FOLDER = 'WIREBOOK_TEST_NOTES';
const noted = new Set<string>();

/** Remembers the verdicts that a test was told. */
export function note(testFile: string | undefined, judgements: readonly Judgement[]): void {
  const folder = process.env[FOLDER];
  if (folder === undefined) return;
  for (const line of [`file ${testFile}`, ...judgements.map(({ rule, verdict }) => `${rule} ${verdict}`)]) {
    if (noted.has(line)) continue;
    noted.add(line);
    appendFileSync(join(folder, String(process.pid)), `${line}\n`);
  }
}

export default function collect(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'wirebook-notes-'));
  process.env[FOLDER] = folder;
  return () => {
    const told = new Set(readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n')));
    rmSync(folder, { recursive: true });
    const here = import.meta.dirname;
    const judging = readdirSync(here).filter(
      (name) => name.endsWith('.test.ts') && /\bjudge(Together)?\(/.test(readFileSync(join(here, name), 'utf8')),
    );
    if (!judging.every((name) => told.has(`file ${join(here, name)}`))) return;
    const lacking = missing(told);
    if (lacking.length === 0) return;
    console.error(`no test of the rules has a case of: ${lacking.join(', ')}`);
    process.exitCode = 1;
  };
}

function missing(told: ReadonlySet<string>): string[] {
  return RULES.flatMap(({ id }) => {
    const [onlyHolds, onlyFails] = [ONE_WAY.confirmed, ONE_WAY.contradicted].map((list) => list.split(' ').includes(id));
    const other = ['skipped', 'not-visible', 'unknown'].some((verdict) => told.has(`${id} ${verdict}`));
    return [
      ...(onlyFails || told.has(`${id} confirmed`) ? [] : [`${id} confirmed`]),
      ...(onlyHolds || told.has(`${id} contradicted`) ? [] : [`${id} contradicted`]),
      ...((onlyHolds || onlyFails) && !other ? [`${id} neither`] : []),
    ];
  });
}
