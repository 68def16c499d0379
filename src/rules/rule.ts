import type { Journey } from '../correlate/model.ts';
import type { Text } from '../text/text.ts';
import type { CaptureFacts } from './facts.ts';
import type { Hops } from './hops.ts';
import type { VantageKind } from './vantage.ts';

/**
 * What a rule says of a capture. `skipped`: the step legitimately did not happen; `not-visible`: another vantage, a key log or
 * host state would decide; `unknown`: this capture cannot decide (gap, drops, snaplen, one direction, mid-stream, offload).
 */
export const VERDICTS = ['confirmed', 'contradicted', 'skipped', 'not-visible', 'unknown'] as const;
export type Verdict = (typeof VERDICTS)[number];

export const CHAPTERS = [
  'names',
  'dns',
  'resolver',
  'arp',
  'link',
  'encapsulation',
  'ip',
  'nat',
  'tcp',
  'tls',
  'http',
  'cache',
  'balancer',
  'page',
  'close',
  'order',
  /** Of users' own rules. */
  'own',
] as const;
export type Chapter = (typeof CHAPTERS)[number];

/** What would decide, where this capture cannot: in words, and as a line to type where there is one. */
export interface Advice {
  text: Text;
  /** "tcpdump -i <outside> -w outside.pcap host 203.0.113.7": names in <> are the reader's to fill in. */
  command?: string;
}

/** A rule's judgement with the packets (numbers from 1, of the capture judged) in which a reader can check it. */
export interface Finding {
  verdict: Verdict;
  /** Stable word for why: "random-isn", "cached", "no-keys". */
  reason: string;
  packets: number[];
  /** One or two sentences with the reader's own addresses, ports and numbers. */
  says: Text;
  advice?: Advice;
  /** Packets of other captures, by the capture's index, where several are judged at once. */
  elsewhere?: { capture: number; packets: number[] }[];
  /** The journey it is about, where the rule judges the capture as a whole. */
  journey?: number;
}

interface RuleText {
  /** As in the book: "R-TCP-1". */
  id: string;
  chapter: Chapter;
  /** What the documents say, as one statement. */
  statement: Text;
  /** What is right, where the statement as written is not the whole truth. */
  reality: Text;
  /** "RFC 9293 §3.5". */
  rfc: string[];
  /** Where a capture must be taken for the rule to be decidable. */
  vantages: VantageKind[];
  /** The reasons its findings may give, those of its needs apart; a test holds them to it. */
  reasons: string[];
}

/** Looks at what a rule needs; a finding means that it is not there, and is the rule's answer. */
export type Need<Subject> = (subject: Subject) => Finding | undefined;

export interface JourneySubject {
  capture: CaptureFacts;
  journey: Journey;
}

/** Judges each journey of a capture. */
export interface JourneyRule extends RuleText {
  scope: 'journey';
  needs: Need<JourneySubject>[];
  check(subject: JourneySubject): Finding;
}

/** Judges a capture as a whole: one finding, or one for each thing of its kind. None: nothing of its kind is there (skipped). */
export interface CaptureRule extends RuleText {
  scope: 'capture';
  needs: Need<CaptureFacts>[];
  check(capture: CaptureFacts): Finding[];
}

/** Judges what happens between vantages. Where one capture alone is open, `hops.captures` has one. */
export interface HopsRule extends RuleText {
  scope: 'hops';
  needs: Need<Hops>[];
  /** Findings by the capture they are about (index into `hops.captures`). */
  check(hops: Hops): (Finding & { capture: number })[];
}

export type Rule = JourneyRule | CaptureRule | HopsRule;

/** A finding as it is reported. */
export interface Judgement extends Finding {
  rule: string;
  /** Index of the capture, in the order given. */
  capture: number;
  /** Null: about the capture as a whole. */
  journeyId: number | null;
}
