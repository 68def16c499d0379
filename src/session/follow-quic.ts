import type { TlsKeys } from '../dissect/tls/key-log.ts';
import { readHttp3 } from './decrypted-quic.ts';
import { bodyLines, MASKED, shortened } from './follow-lines.ts';
import type { Turn } from './follow-tls.ts';
import type { CapturedPackets } from './rereading.ts';

/** Bytes of one turn that are kept. */
const TURN_BYTES = 1 << 20;

interface Said extends Omit<Turn, 'lines'> {
  head: string[];
  parts: Uint8Array[];
  encoding: string;
}

/** What was said over HTTP/3, by its streams' requests and responses, bodies decoded. */
export function http3Turns(source: CapturedPackets, flow: number, keys: TlsKeys, most: number): Turn[] {
  const said: Said[] = [];
  const open = new Map<string, Said>();
  readHttp3(source, flow, keys, most, (packet) => {
    const begin = (fromClient: boolean, stream: number): Said => {
      const number = packet();
      const from = fromClient ? 'client' : 'server';
      const time = source.timeOf(number);
      const turn: Said = { from, packet: number, time, bytes: 0, missing: 0, stream, head: [], parts: [], encoding: '' };
      said.push(turn);
      open.set(`${from}${stream}`, turn);
      return turn;
    };
    const turnOf = (fromClient: boolean, stream: number): Said | undefined =>
      open.get(`${fromClient ? 'client' : 'server'}${stream}`);
    return {
      head(fromClient, stream, fields): void {
        let turn = turnOf(fromClient, stream);
        // Trailers belong to the message before them.
        if (turn === undefined || fields.some(({ name }) => name === ':status' || name === ':method'))
          turn = begin(fromClient, stream);
        for (const { name, value, hidden } of fields) {
          turn.head.push(`${name ?? '(unknown)'}: ${hidden ? MASKED : (value ?? '(unknown)')}`);
          if (name === 'content-encoding') turn.encoding = value ?? '';
        }
      },
      data(fromClient, stream, bytes): void {
        const turn = turnOf(fromClient, stream) ?? begin(fromClient, stream);
        if (turn.bytes < TURN_BYTES) turn.parts.push(bytes.slice());
        turn.bytes += bytes.length;
      },
    };
  });
  return said.map(({ head, parts, encoding, ...turn }) => {
    const body = Buffer.concat(parts).subarray(0, TURN_BYTES);
    return {
      ...turn,
      lines: shortened([...head, ...(body.length > 0 ? ['', ...bodyLines(body, { contentEncoding: encoding })] : [])]),
    };
  });
}
