import type { Out } from './out.ts';
import { VerdictJson } from './verdict-json.ts';
import { VerdictJunit } from './verdict-junit.ts';
import { VerdictMarkdown } from './verdict-markdown.ts';
import { VerdictText } from './verdict-text.ts';
import type { VerdictLook, VerdictWriter } from './verdict-writer.ts';

/** One writer a format. */
export const VERDICT_WRITERS: Record<string, (out: Out, look: VerdictLook) => VerdictWriter> = {
  text: (out, look) => new VerdictText(out, look),
  json: (out, look) => new VerdictJson(out, look),
  markdown: (out, look) => new VerdictMarkdown(out, look),
  junit: (out, look) => new VerdictJunit(out, look),
};
