import type { CaptureFacts } from '../rules/facts.ts';
import type { Judgement } from '../rules/rule.ts';
import type { Out } from './out.ts';
import type { VerdictCounts, VerdictLook, VerdictWriter } from './verdict-writer.ts';

/** A judgement as every JSON output has it. */
export function verdictRecord(j: Judgement): object {
  return {
    rule: j.rule,
    capture: j.capture,
    journey: j.journeyId,
    verdict: j.verdict,
    packets: j.packets,
    reason: j.reason,
    says: j.says,
    ...(j.elsewhere === undefined ? {} : { elsewhere: j.elsewhere }),
    ...(j.advice === undefined ? {} : { advice: j.advice }),
  };
}

/** One JSON document, as in the report's `verdicts`; the captures with their journeys stand before them. */
export class VerdictJson implements VerdictWriter {
  private readonly out: Out;
  private readonly program: string;
  private first = true;

  constructor(out: Out, look: VerdictLook) {
    this.out = out;
    this.program = look.program;
  }

  begin(captures: readonly CaptureFacts[]): void {
    this.out.write(`{\n"schema": 1, "program": ${JSON.stringify(this.program)},\n"captures": [`);
    captures.forEach((capture, i) => {
      const { file, packetCount: packets, vantage } = capture;
      const place = {
        ...(vantage.kind === undefined ? {} : { kind: vantage.kind, kinds: vantage.kinds }),
        given: vantage.given,
        evidence: vantage.evidence,
      };
      this.out.write(
        `${i > 0 ? ',' : ''}\n{ "file": ${JSON.stringify(file)}, "packets": ${packets}, "vantage": ${JSON.stringify(place)}, "journeys": [`,
      );
      let separator = '\n';
      for (const { id, name, url, method, status, outcome } of capture.journeys) {
        this.out.write(`${separator}  ${JSON.stringify({ id, name, url, method, status, outcome })}`);
        separator = ',\n';
      }
      this.out.write(']}');
    });
    this.out.write('],\n"verdicts": [');
  }

  judgement(j: Judgement): void {
    this.out.write(`${this.first ? '' : ','}\n${JSON.stringify(verdictRecord(j))}`);
    this.first = false;
  }

  end(counts: VerdictCounts): void {
    this.out.write(`\n],\n"counts": ${JSON.stringify(counts)}\n}\n`);
    this.out.flush();
  }
}
