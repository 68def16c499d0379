import type { Text } from '../text.ts';
import { DNS_FIELDS } from './dns.ts';
import { INTERNET_FIELDS } from './internet.ts';
import { LINK_FIELDS } from './link.ts';
import { QUIC_FIELDS } from './quic.ts';
import { TLS_FIELDS } from './tls.ts';
import { TRANSPORT_FIELDS } from './transport.ts';
import { WEB_FIELDS } from './web.ts';

const MEANINGS = new Map(
  [LINK_FIELDS, INTERNET_FIELDS, TRANSPORT_FIELDS, DNS_FIELDS, TLS_FIELDS, WEB_FIELDS, QUIC_FIELDS].flatMap((each) =>
    Object.entries(each),
  ),
);

/** What a field of the packet view means, for somebody who sees it for the first time; undefined where its name says all. */
export function explainField(name: string): Text | undefined {
  const meaning = MEANINGS.get(name);
  return meaning === undefined ? undefined : { en: meaning[0], ko: meaning[1] };
}
