import type { Connection, Journey, Lookup } from '../correlate/model.ts';
import type { Domain } from './domain.ts';
import { JOURNEY_FIELDS, type Records, Subject } from './journeys.ts';

/** Connections and lookups have the fields that a journey has of its connection and its lookup. */
function part(names: RegExp, searched: Domain<Subject>['searched']): Domain<Subject> {
  const fields = JOURNEY_FIELDS.filter((field) => names.test(field.name));
  const byName = new Map(fields.map((field) => [field.name, field]));
  const known = new Set(JOURNEY_FIELDS.map((field) => field.name));
  return {
    field: (name) => byName.get(name),
    elsewhere: (name) =>
      known.has(name)
        ? {
            en: 'this is a field of journeys: press 1 and filter there',
            ko: '여정의 필드입니다. 1을 눌러 여정 목록에서 거르세요',
          }
        : undefined,
    searched,
    fields,
  };
}

const words = (...list: (string | number | undefined)[]): string =>
  list
    .filter((word) => word !== undefined)
    .join(' ')
    .toLowerCase();

export const connections: Domain<Subject> = part(/^(ip|tcp|tls)\.|^(client|process|tls)$/, ({ connection: c, tls }) =>
  c === undefined
    ? ''
    : words(c.client.address, c.client.port, c.server.address, c.server.port, c.application, c.close.how, tls?.sni, tls?.version),
);

export const lookups: Domain<Subject> = part(/^(ip|udp|dns)\.|^client$/, ({ lookup: l }) =>
  l === undefined ? '' : words(l.name, l.type, l.rcode, ...l.addresses, ...l.aliases, l.server.address, l.transport),
);

/** Nothing but what it is made of. */
function bare(client: string, of: Pick<Journey, 'connection' | 'lookup'>): Journey {
  const har = { blocked: 0, dns: -1, connect: -1, ssl: -1, send: -1, wait: -1, receive: -1, total: -1 };
  const none = { id: 0, name: '', page: 0, parent: null, start: 0, end: 0, stages: [], evidence: [], packetCount: 0 };
  return { ...none, client, outcome: 'unknown', har, ...of };
}

type Sources = Omit<Records, 'verdicts'>;
const subject = (records: Sources, journey: Journey): Subject =>
  new Subject(
    {
      journeyHead: () => journey,
      journey: () => journey,
      connection: (id) => records.connection(id),
      exchange: () => undefined,
      lookup: (index) => records.lookup(index),
      tls: (connection) => records.tls(connection),
    },
    0,
  );

/** A connection or a lookup as a filter is asked about it. */
export const connectionSubject = (records: Sources, c: Connection): Subject =>
  subject(records, bare(c.client.address, { connection: c.id }));
export const lookupSubject = (records: Sources, l: Lookup): Subject =>
  subject(records, bare(l.client.address, { lookup: l.index }));
