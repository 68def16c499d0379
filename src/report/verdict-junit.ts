import type { CaptureFacts } from '../rules/facts.ts';
import type { Judgement, Rule } from '../rules/rule.ts';
import { safe } from '../text/safe.ts';
import type { Text } from '../text/text.ts';
import type { Out } from './out.ts';
import type { VerdictLook, VerdictWriter } from './verdict-writer.ts';

/** JUnit XML: a suite a journey, a case a rule; contradicted is a failure, undecided is skipped. */
export class VerdictJunit implements VerdictWriter {
  private readonly out: Out;
  private readonly look: VerdictLook;
  private captures: readonly CaptureFacts[] = [];
  private readonly statements = new Map<string, Text>();
  private suite: { name: string; cases: string[]; failures: number; skipped: number } | undefined;

  constructor(out: Out, look: VerdictLook) {
    this.out = out;
    this.look = look;
  }

  begin(captures: readonly CaptureFacts[], rules: readonly Rule[]): void {
    for (const rule of rules) this.statements.set(rule.id, rule.statement);
    this.captures = captures;
    this.out.write(`<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xml(this.look.program)}">\n`);
  }

  judgement(j: Judgement): void {
    const { language } = this.look;
    const capture = this.captures[j.capture];
    const journey = j.journeyId === null ? undefined : capture.journeys.get(j.journeyId);
    const what = j.journeyId === null ? 'capture' : `journey ${j.journeyId}: ${journey?.url ?? journey?.name ?? ''}`;
    const name = `${capture.file} ${what}`;
    if (this.suite?.name !== name) {
      this.close();
      this.suite = { name, cases: [], failures: 0, skipped: 0 };
    }
    const says = `${j.says[language]}${j.packets.length > 0 ? ` [${j.packets.join(', ')}]` : ''}`;
    const title = `${j.rule}: ${this.statements.get(j.rule)?.[language] ?? ''}`;
    let inside = `<system-out>${xml(says)}</system-out>`;
    if (j.verdict === 'contradicted') {
      this.suite.failures++;
      inside = `<failure type="${xml(j.reason)}" message="${xml(says)}"/>`;
    } else if (j.verdict !== 'confirmed') {
      this.suite.skipped++;
      inside = `<skipped message="${xml(`${j.verdict}: ${says}`)}"/>`;
    }
    this.suite.cases.push(`    <testcase classname="${xml(name)}" name="${xml(title)}">${inside}</testcase>\n`);
  }

  end(): void {
    this.close();
    this.out.write('</testsuites>\n');
    this.out.flush();
  }

  private close(): void {
    const { suite } = this;
    if (suite === undefined) return;
    const { name, cases, failures, skipped } = suite;
    this.out.write(
      `  <testsuite name="${xml(name)}" tests="${cases.length}" failures="${failures}" skipped="${skipped}" errors="0">\n${cases.join('')}  </testsuite>\n`,
    );
    this.suite = undefined;
  }
}

const ENTITIES: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;', "'": '&apos;' };
const xml = (text: string): string => safe(text).replace(/[<>&"']/g, (c) => ENTITIES[c]);
