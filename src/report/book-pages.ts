import { CLAIMS, claimsOf, DOCUMENTS, NO_PACKET_DECIDES, STATUS_SAYS } from '../rules/claims/index.ts';
import { RULES } from '../rules/registry.ts';
import { CHAPTERS, type Chapter, type Judgement, type Rule, VERDICTS, type Verdict } from '../rules/rule.ts';
import type { Language } from '../text/text.ts';
import { CHAPTER_SAYS, VANTAGE_SAYS, VERDICT_SAYS } from '../text/verdicts.ts';
import { pad } from '../text/width.ts';
import type { Pages } from './pages.ts';

const ID_CELLS = 10;
/** Judgements shown of one rule on one capture; a count stands for the rest. */
const SHOWN = 3;

/** Verdicts of the open capture, by rule; none where no capture is open. */
export type JudgedBook = ReadonlyMap<string, Judgement[]>;

const title = (chapter: Chapter, language: Language): string =>
  `${CHAPTERS.indexOf(chapter) + 1}. ${CHAPTER_SAYS[chapter][language]}`;
const ofChapter = (chapter: Chapter): Rule[] => RULES.filter((rule) => rule.chapter === chapter);

/** The table of contents: every rule a line, with its verdicts where a capture is open. */
export function contents(pages: Pages, language: Language, judged: JudgedBook): void {
  pages.heading({ en: 'The book: what the documents say of a web request', ko: '책: 문서가 말하는 웹 요청의 흐름' }[language]);
  pages.text(
    {
      en: `${CLAIMS.length} statements of ${DOCUMENTS.length} documents, judged by ${RULES.length} rules. "wirebook book dns" opens a chapter, "wirebook book all" everything, "wirebook explain R-TCP-2" one rule; with a capture behind it, the verdicts on that capture.`,
      ko: `문서 ${DOCUMENTS.length}편의 서술 ${CLAIMS.length}개를 규칙 ${RULES.length}개로 판정합니다. "wirebook book dns"는 한 장을, "wirebook book all"은 전부를, "wirebook explain R-TCP-2"는 규칙 하나를 보여 줍니다. 뒤에 캡처를 쓰면 그 캡처의 판정이 함께 나옵니다.`,
    }[language],
  );
  for (const chapter of CHAPTERS) {
    const rules = ofChapter(chapter);
    if (rules.length === 0) continue;
    pages.blank();
    pages.heading(`${title(chapter, language)}  (${chapter})`);
    for (const rule of rules) {
      const marks = tally(judged.get(rule.id), language);
      pages.text(`${rule.statement[language]}${marks === '' ? '' : `  ${marks}`}`, 2 + ID_CELLS, `  ${pad(rule.id, ID_CELLS)}`);
    }
  }
}

/** One chapter: each statement with what is right, its sources and its verdicts. */
export function chapterPages(pages: Pages, chapter: Chapter, language: Language, judged: JudgedBook): void {
  pages.heading(title(chapter, language));
  for (const rule of ofChapter(chapter)) {
    pages.blank();
    rulePages(pages, rule, language, judged.get(rule.id));
  }
}

/** One rule, whole. */
export function rulePages(
  pages: Pages,
  rule: Rule,
  language: Language,
  judgements: Judgement[] | undefined,
  whole = false,
): void {
  pages.heading(`${rule.id}  ${rule.statement[language]}`);
  pages.text(rule.reality[language], 4);
  const vantages = rule.vantages.map((each) => VANTAGE_SAYS[each][language]).join(', ');
  pages.text({ en: `decided at: ${vantages}`, ko: `판정할 수 있는 곳: ${vantages}` }[language], 4);
  if (rule.rfc.length > 0) pages.text(rule.rfc.join(', '), 4);
  const claims = claimsOf(rule.id);
  if (whole) {
    pages.text({ en: 'said in:', ko: '문서에서:' }[language], 4);
    for (const claim of claims) {
      const status = claim.status.map((each) => STATUS_SAYS[each][language]).join('; ');
      pages.text(`${source(claim.document, claim.lines, language)}: ${status}`, 8, '      - ');
    }
  } else if (claims.length > 0) {
    pages.text(`${{ en: 'said in: ', ko: '문서: ' }[language]}${sources(rule.id, language)}`, 4);
  }
  if (judgements === undefined) return;
  for (const j of judgements.slice(0, SHOWN)) {
    const { mark } = VERDICT_SAYS[j.verdict];
    const packets = j.packets.length > 0 ? ` [${j.packets.join(', ')}]` : '';
    pages.text(`${VERDICT_SAYS[j.verdict][language]}: ${j.says[language]}${packets}`, 6, `    ${mark} `);
  }
  if (judgements.length > SHOWN)
    pages.text(
      {
        en: `… and ${judgements.length - SHOWN} more: wirebook check`,
        ko: `… 외 ${judgements.length - SHOWN}개: wirebook check`,
      }[language],
      6,
    );
}

/** What no rule judges, and why. */
export function undecidable(pages: Pages, language: Language): void {
  pages.heading({ en: 'What no packet can decide', ko: '패킷으로는 판정할 수 없는 것' }[language]);
  for (const claim of CLAIMS) {
    const why = NO_PACKET_DECIDES[claim.id];
    if (claim.rules.length > 0 || why === undefined) continue;
    pages.text(`${source(claim.document, claim.lines, language)}: ${why[language]}`, 4, '  - ');
  }
}

const lineText = (lines: string, language: Language): string => {
  const shown = lines.replaceAll(',', ', ').replaceAll('-', '–');
  return language === 'ko' ? `${shown}행` : `${/\D/.test(lines) ? 'lines' : 'line'} ${shown}`;
};
const source = (document: string, lines: string, language: Language): string =>
  `${DOCUMENTS.find(({ id }) => id === document)?.title ?? document} (${document}), ${lineText(lines, language)}`;

function sources(rule: string, language: Language): string {
  const claims = claimsOf(rule);
  return DOCUMENTS.filter(({ id }) => claims.some((claim) => claim.document === id))
    .map(
      ({ id }) =>
        `${id} ${lineText(
          claims
            .filter((each) => each.document === id)
            .map((each) => each.lines)
            .join(','),
          language,
        )}`,
    )
    .join('; ');
}

/** "✓3 ✗1": how often each verdict was given. */
function tally(judgements: Judgement[] | undefined, language: Language): string {
  if (judgements === undefined) return '';
  const counts = new Map<Verdict, number>();
  for (const { verdict } of judgements) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return VERDICTS.filter((v) => counts.has(v))
    .map(
      (v) => `${VERDICT_SAYS[v].mark} ${VERDICT_SAYS[v][language]}${(counts.get(v) as number) > 1 ? ` ×${counts.get(v)}` : ''}`,
    )
    .join(', ');
}
