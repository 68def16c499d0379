import { spawnSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { CaptureError } from '../capture/batch.ts';
import type { Listed } from '../helper/protocol.ts';
import type { Language } from '../text/text.ts';
import { again } from './refusals.ts';

const HELPER = new URL('helper.js', import.meta.url);
const NO_PERMISSION = -8;
const clean = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');

/** Every interface that libpcap knows, in its order. */
export function interfaces(helper: URL = HELPER): Listed[] {
  const { stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(helper), '--list'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  const wrong = (words: string) =>
    new CaptureError('interfaces', `interfaces cannot be listed: ${words}`, `인터페이스 목록을 얻을 수 없습니다: ${words}`);
  let list: Listed[] | { problem: string };
  try {
    list = JSON.parse(stdout) as typeof list;
  } catch {
    throw wrong(stderr.trim().split('\n').pop() ?? '');
  }
  if (!Array.isArray(list)) throw wrong(list.problem);
  return list;
}

/** An interface by its number in the list, as tcpdump takes it. */
export function named(word: string): string {
  if (!/^\d+$/.test(word)) return word;
  return interfaces()[Number(word) - 1]?.name ?? word;
}

/** `wirebook -D`: number, name, addresses; and why it cannot be opened, where it cannot. */
export function listInterfaces(language: Language): number {
  const addresses = networkInterfaces();
  let denied = false;
  let lines = '';
  interfaces().forEach((each, i) => {
    const facts = (addresses[each.name] ?? []).map((a) => a.address);
    if (each.loopback) facts.push(language === 'ko' ? '루프백' : 'loopback');
    if (each.description !== undefined) facts.push(each.description);
    denied ||= each.code === NO_PERMISSION;
    const trouble =
      each.problem === undefined ? '' : `  [${language === 'ko' ? '열 수 없음' : 'cannot be opened'}: ${each.problem}]`;
    lines += `${clean(`${i + 1}. ${each.name}${facts.length > 0 ? `  ${facts.join(', ')}` : ''}${trouble}`)}\n`;
  });
  try {
    writeSync(1, lines);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
  if (denied)
    process.stderr.write(
      `${language === 'ko' ? '캡처하려면 이렇게 실행하세요' : 'to capture, run'}: ${again().replace(/ -D$/, ' -i NAME')}\n`,
    );
  return 0;
}
