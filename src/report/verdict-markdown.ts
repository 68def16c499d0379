import type { CaptureFacts } from '../rules/facts.ts';
import { type Judgement, type Rule, VERDICTS } from '../rules/rule.ts';
import { safe } from '../text/safe.ts';
import type { Text } from '../text/text.ts';
import { placesText, VERDICT_SAYS } from '../text/verdicts.ts';
import type { Out } from './out.ts';
import { headingOf, type VerdictCounts, type VerdictLook, type VerdictWriter } from './verdict-writer.ts';

const HEAD: Text = {
  en: '| verdict | rule | statement | on the wire | packets |',
  ko: '| 판정 | 규칙 | 문서의 말 | 실제 패킷 | 패킷 번호 |',
};

/** Markdown with a table for each journey, for issues, wikis and pull requests. */
export class VerdictMarkdown implements VerdictWriter {
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
    this.out.write(`# ${{ en: 'The book on the wire', ko: '책과 실제 패킷' }[language]}\n\n`);
    for (const { file, packetCount, vantage } of captures) {
      const at = vantage.kind === undefined ? '?' : placesText(vantage.kinds, language);
      this.out.write(
        `- ${cell(file)}: ${{ en: `${packetCount} packets, at ${at}`, ko: `패킷 ${packetCount}개, 잡은 곳: ${at}` }[language]}\n`,
      );
    }
  }

  judgement(j: Judgement): void {
    const { language } = this.look;
    const heading = headingOf(j, this.captures, language);
    if (heading !== this.heading) {
      this.heading = heading;
      this.out.write(`\n## ${cell(heading)}\n\n${HEAD[language]}\n|---|---|---|---|---|\n`);
    }
    const { mark } = VERDICT_SAYS[j.verdict];
    const statement = this.statements.get(j.rule)?.[language] ?? '';
    const advice =
      j.advice === undefined ? '' : ` *${cell(j.advice.text[language])}*${j.advice.command ? ` ${code(j.advice.command)}` : ''}`;
    const row = [
      `${mark} ${VERDICT_SAYS[j.verdict][language]}`,
      j.rule,
      cell(statement),
      `${cell(j.says[language])}${advice}`,
      j.packets.join(', '),
    ];
    this.out.write(`| ${row.join(' | ')} |\n`);
  }

  end(counts: VerdictCounts): void {
    const { language } = this.look;
    this.out.write(`\n${VERDICTS.map((v) => `${VERDICT_SAYS[v].mark} ${VERDICT_SAYS[v][language]}: ${counts[v]}`).join(', ')}\n`);
    this.out.flush();
  }
}

/** Captured text shall make no markup: what Markdown or HTML could read is escaped. */
const cell = (text: string): string =>
  safe(text).replace(/[\\`*_{}[\]<>#|~]/g, (c) => (c === '<' ? '&lt;' : c === '>' ? '&gt;' : `\\${c}`));
const code = (text: string): string => `\`${safe(text).replace(/[`|]/g, ' ')}\``;
