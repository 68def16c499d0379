import type { CaptureFacts } from '../rules/facts.ts';
import { type Judgement, type Rule, VERDICTS, type Verdict } from '../rules/rule.ts';
import { safe } from '../text/safe.ts';
import type { Text } from '../text/text.ts';
import { placesText, VERDICT_SAYS } from '../text/verdicts.ts';
import { pad } from '../text/width.ts';
import { wrap } from '../text/wrap.ts';
import type { Out } from './out.ts';
import { headingOf, type VerdictCounts, type VerdictLook, type VerdictWriter } from './verdict-writer.ts';

const COLOURS: Record<Verdict, number> = { confirmed: 32, contradicted: 31, skipped: 2, 'not-visible': 36, unknown: 33 };
const VERDICT_CELLS = 18;
const RULE_CELLS = 10;
const INDENT = 4 + VERDICT_CELLS + RULE_CELLS;
const NARROW = 60;

/** A table of verdicts for people: about the capture, then journey by journey. */
export class VerdictText implements VerdictWriter {
  private readonly out: Out;
  private readonly look: VerdictLook;
  private captures: readonly CaptureFacts[] = [];
  private readonly statements = new Map<string, Text>();
  private heading = '';

  constructor(out: Out, look: VerdictLook) {
    this.out = out;
    this.look = look;
  }

  begin(captures: readonly CaptureFacts[], rules: readonly Rule[]): void {
    for (const rule of rules) this.statements.set(rule.id, rule.statement);
    const { language } = this.look;
    this.captures = captures;
    for (const { file, packetCount, vantage } of captures) {
      const at = vantage.kind === undefined ? undefined : placesText(vantage.kinds, language);
      const seen =
        at === undefined
          ? { en: 'the packets do not tell where it was taken', ko: '어디에서 잡았는지는 패킷으로 알 수 없음' }[language]
          : { en: `taken at ${at}`, ko: `잡은 곳: ${at}` }[language];
      const count = { en: `${packetCount} packets`, ko: `패킷 ${packetCount}개` }[language];
      this.line(`${safe(file)}: ${count}; ${seen}`);
      for (const { text, packets } of vantage.evidence) this.wrapped(`${text[language]}${numbers(packets)}`, 4);
    }
  }

  judgement(j: Judgement): void {
    const { language } = this.look;
    const heading = safe(headingOf(j, this.captures, language));
    if (heading !== this.heading) {
      this.heading = heading;
      this.line('');
      this.line(this.styled(heading, 1));
    }
    const { mark } = VERDICT_SAYS[j.verdict];
    const verdict = pad(VERDICT_SAYS[j.verdict][language], VERDICT_CELLS);
    const lead = `  ${mark} ${verdict}${pad(j.rule, RULE_CELLS)}`;
    const statement = this.statements.get(j.rule)?.[language] ?? '';
    this.wrapped(statement, INDENT, this.styled(lead, COLOURS[j.verdict]));
    this.wrapped(`${j.says[language]}${numbers(j.packets)}`, INDENT);
    if (j.advice !== undefined) {
      this.wrapped(`${{ en: 'to decide: ', ko: '판정하려면: ' }[language]}${j.advice.text[language]}`, INDENT);
      if (j.advice.command !== undefined) this.line(`${' '.repeat(INDENT)}$ ${safe(j.advice.command)}`);
    }
  }

  end(counts: VerdictCounts): void {
    const { language } = this.look;
    this.line('');
    const said = VERDICTS.map((v) => `${VERDICT_SAYS[v].mark} ${VERDICT_SAYS[v][language]} ${counts[v]}`);
    this.line(said.join('   '));
    this.out.flush();
  }

  /** Broken to the terminal's width behind `indent` cells, which `lead` fills on the first line. */
  private wrapped(text: string, indent: number, lead = ' '.repeat(indent)): void {
    const { width } = this.look;
    const lines = width === 0 ? [safe(text)] : wrap(text, Math.max(NARROW, width) - indent);
    for (const [i, each] of lines.entries()) this.line(`${i === 0 ? lead : ' '.repeat(indent)}${each}`);
    if (lines.length === 0) this.line(lead);
  }

  private styled(text: string, code: number): string {
    return this.look.colour ? `\x1b[${code}m${text}\x1b[0m` : text;
  }

  private line(text: string): void {
    this.out.write(`${text.trimEnd()}\n`);
  }
}

const numbers = (packets: number[]): string => (packets.length === 0 ? '' : ` [${packets.join(', ')}]`);
