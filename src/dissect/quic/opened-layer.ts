import { Fields } from '../fields.ts';
import type { Layer } from '../protocol.ts';
import { frameFields } from './frame-fields.ts';
import type { Opened } from './keys.ts';

const KEY_PHASE = 4;

/** An opened packet's frames as a layer with bytes of its own. `level`: "Handshake", "0-RTT", "1-RTT". */
export function openedLayer(level: string, { packetNumber, first, payload }: Opened): Layer {
  const f = new Fields(payload, 0, payload.length);
  f.add('quic.packet_number', 'Packet Number', 0, 0, packetNumber);
  if (level === '1-RTT') f.add('quic.key_phase', 'Key Phase Bit', 0, 0, (first & KEY_PHASE) !== 0);
  const names = frameFields(payload, 0, payload.length, f.list);
  const title = [`Decrypted QUIC, ${level} packet ${packetNumber}`, ...names].join(', ');
  return { protocol: 'quic.decrypted', title, at: 0, end: payload.length, fields: f.list, bytes: payload };
}
