import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { safe } from '../text/safe.ts';
import type { Language, Text } from '../text/text.ts';
import { ENGINES } from './capture.ts';
import { type Check, checkEngine } from './checks.ts';
import { quoted } from './remedies.ts';

export interface TerminalFacts {
  /** Both ends are a terminal that can show the screens. */
  screens: boolean;
  utf8: boolean;
  colours: number;
}

const NODE_MAJOR = 20;
const NODE_MINOR = 19;

export function checkNode(version: string): Check {
  const [major, minor] = version.split('.').map(Number);
  const ok = major > NODE_MAJOR || (major === NODE_MAJOR && minor >= NODE_MINOR);
  const needs = ok ? '' : ` (>= ${NODE_MAJOR}.${NODE_MINOR})`;
  const detail = { en: `${version}${needs}`, ko: `${version}${needs}` };
  return ok ? { id: 'node', ok, detail } : { id: 'node', ok, detail, fix: 'npx --yes --package node@22 -- wirebook doctor' };
}

/** Where captures are kept while they are on screen. */
export function checkState(env: Record<string, string | undefined>, home = homedir()): Check {
  const directory = join(env.XDG_STATE_HOME || join(home, '.local', 'state'), 'wirebook');
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.W_OK | constants.X_OK);
    return { id: 'state', ok: true, detail: { en: directory, ko: directory } };
  } catch (error) {
    const words = (error as Error).message;
    const detail = {
      en: `${directory} cannot be written (${words}); the temporary directory serves instead`,
      ko: `${directory}에 쓸 수 없습니다 (${words}). 임시 디렉터리를 대신 씁니다`,
    };
    return { id: 'state', ok: false, detail, fix: `sudo install -d -m 700 -o "$(id -un)" ${quoted(directory)}` };
  }
}

export function checkTerminal(facts: TerminalFacts): Check {
  const colours = facts.colours > 1 ? String(facts.colours) : undefined;
  const detail: Text = {
    en: [
      facts.screens ? 'the screens can be shown' : 'no terminal: text instead of the screens',
      facts.utf8 ? 'UTF-8' : 'no UTF-8: lines are drawn in ASCII',
      colours === undefined ? 'no colours' : `${colours} colours`,
    ].join('; '),
    ko: [
      facts.screens ? '화면을 띄울 수 있음' : '터미널이 아님: 화면 대신 글로 보여 줌',
      facts.utf8 ? 'UTF-8' : 'UTF-8 아님: 선을 ASCII로 그림',
      colours === undefined ? '색 없음' : `${colours}색`,
    ].join('; '),
  };
  return facts.utf8 ? { id: 'terminal', ok: true, detail } : { id: 'terminal', ok: false, detail, fix: 'export LC_ALL=C.UTF-8' };
}

/** What works here, and what mends the rest; as text, or as JSON. The exit code is 0 when something can capture. */
export function doctor(language: Language, json: boolean, terminal: TerminalFacts): { output: string; code: number } {
  const engines = ENGINES.map(checkEngine);
  const others = [checkNode(process.versions.node), checkState(process.env), checkTerminal(terminal)];
  const captures = engines.filter((each) => each.ok).map((each) => each.id);
  const code = captures.length > 0 ? 0 : 1;
  if (json) {
    const flat = ({ id, ok, detail, fix }: Check) => ({ id, ok, detail: detail.en, ...(fix === undefined ? {} : { fix }) });
    const document = { canCapture: code === 0, engines: engines.map(flat), others: others.map(flat) };
    return { output: `${JSON.stringify(document, null, 2)}\n`, code };
  }
  const line = (each: Check): string =>
    `  ${each.ok ? '+' : '-'} ${each.id.padEnd(8)}  ${safe(each.detail[language])}\n${each.fix === undefined ? '' : `      $ ${safe(each.fix)}\n`}`;
  const heads = {
    en: [
      'Capturing',
      'The rest',
      'no engine can capture: one of the commands above mends that',
      'used unless --engine says otherwise',
    ],
    ko: [
      '캡처',
      '그 밖',
      '캡처할 수 있는 엔진이 없습니다. 위의 명령 가운데 하나로 고칠 수 있습니다',
      '--engine으로 따로 고르지 않으면 쓰는 엔진',
    ],
  }[language];
  const verdict = code === 0 ? `${heads[3]}: ${captures[0]}` : heads[2];
  const output = `${heads[0]}\n${engines.map(line).join('')}${heads[1]}\n${others.map(line).join('')}${verdict}\n`;
  return { output, code };
}
