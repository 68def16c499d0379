// What hosts say to each other: DNS, HTTP/1.1 and TLS 1.3 messages.
import { random } from './random.mjs';

const POOL_BYTES = 4 << 20;

/** Words for bodies and noise for ciphertext, made once from the seed. */
export function material(seed) {
  const dice = random(seed, 0xfeed);
  const noise = Buffer.alloc(POOL_BYTES);
  for (let i = 0; i < POOL_BYTES; i += 4) noise.writeUInt32LE(dice.bits(), i);
  const words = Array.from({ length: 3000 }, () =>
    dice
      .bits()
      .toString(36)
      .slice(0, 2 + dice.below(6)),
  );
  const text = Buffer.alloc(POOL_BYTES, 32);
  for (let at = 0; at < POOL_BYTES - 8; ) at += text.write(words[dice.below(words.length)], at) + 1;
  const sites = Array.from({ length: 500 }, (_, i) => ({
    name: `${dice.pick(['www', 'api', 'static', 'img', 'm'])}${i}.shop${i % 60}.example`,
    address: 0xc6336400 + (i << 9) + 1 + dice.below(200), // 198.51.100.0 and up
    roundTrip: dice.between(0.003, 0.09),
  }));
  const paths = Array.from(
    { length: 4000 },
    () => `/${dice.pick(['a', 'assets', 'item', 'search', 'v2/list'])}/${dice.bits().toString(36)}`,
  );
  return { noise, text, sites, paths };
}

const slice = (pool, length, dice) => {
  const at = dice.below(pool.length - length);
  return pool.subarray(at, at + length);
};

// ---- DNS

const nameBytes = (name) =>
  Buffer.concat([...name.split('.').map((l) => Buffer.from([l.length, ...Buffer.from(l)])), Buffer.from([0])]);
const dnsHeader = (id, flags, answers) => Buffer.from([id >> 8, id & 255, flags >> 8, flags & 255, 0, 1, 0, answers, 0, 0, 0, 0]);

export const dnsQuestion = (id, name, type = 1) =>
  Buffer.concat([dnsHeader(id, 0x0100, 0), nameBytes(name), Buffer.from([0, type, 0, 1])]);

/** The answer to an A question, by way of an alias where `edge` names one. */
export function dnsAnswer(id, name, address, edge) {
  const parts = [nameBytes(name), Buffer.from([0, 1, 0, 1])];
  let owner = 12;
  if (edge !== undefined) {
    owner = 12 + parts[0].length + 4 + 12;
    const alias = nameBytes(edge);
    parts.push(Buffer.from([0xc0, 12, 0, 5, 0, 1, 0, 0, 1, 0x2c, 0, alias.length]), alias);
  }
  const four = [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255];
  parts.push(Buffer.from([0xc0 | (owner >> 8), owner & 255, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...four]));
  return Buffer.concat([dnsHeader(id, 0x8180, edge === undefined ? 1 : 2), ...parts]);
}

/** "There is no such record": an empty answer, as most AAAA questions get. */
export const dnsEmpty = (id, name, type) =>
  Buffer.concat([dnsHeader(id, 0x8180, 0), nameBytes(name), Buffer.from([0, type, 0, 1])]);

// ---- HTTP/1.1

export function httpRequest(site, { paths }, dice) {
  return Buffer.from(
    `GET ${dice.pick(paths)}${dice.chance(0.3) ? `?page=${dice.below(1000)}` : ''} HTTP/1.1\r\nHost: ${site.name}\r\n` +
      'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\nAccept: text/html,*/*;q=0.8\r\n' +
      'Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\n' +
      `Cookie: session=${dice.bits().toString(16)}${dice.bits().toString(16)}; theme=light\r\n\r\n`,
  );
}

const STATUS = [
  '200 OK',
  '200 OK',
  '200 OK',
  '200 OK',
  '200 OK',
  '200 OK',
  '200 OK',
  '304 Not Modified',
  '302 Found',
  '404 Not Found',
];

export function httpResponse(size, { text }, dice) {
  const status = dice.pick(STATUS);
  const head =
    `HTTP/1.1 ${status}\r\nServer: bench\r\nDate: Sun, 15 Jun 2025 15:06:40 GMT\r\nContent-Type: text/plain; charset=utf-8\r\n` +
    `Cache-Control: max-age=300\r\nETag: "${dice.bits().toString(16)}"\r\n`;
  if (status.startsWith('304')) return Buffer.from(`${head}\r\n`);
  const body = slice(text, size, dice);
  if (dice.chance(0.8)) return Buffer.concat([Buffer.from(`${head}Content-Length: ${size}\r\n\r\n`), body]);
  const parts = [Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`)];
  for (let at = 0; at < size; ) {
    const count = Math.min(size - at, 512 + dice.below(8192));
    parts.push(Buffer.from(`${count.toString(16)}\r\n`), body.subarray(at, at + count), Buffer.from('\r\n'));
    at += count;
  }
  parts.push(Buffer.from('0\r\n\r\n'));
  return Buffer.concat(parts);
}

// ---- TLS 1.3

const two = (n) => Buffer.from([n >> 8, n & 255]);
const sized = (bytes) => Buffer.concat([two(bytes.length), bytes]);
const record = (type, version, bytes) => Buffer.concat([Buffer.from([type, 3, version]), sized(bytes)]);
const handshake = (type, bytes) => Buffer.concat([Buffer.from([type, 0]), sized(bytes)]);
const extension = (type, bytes) => Buffer.concat([two(type), sized(bytes)]);
const X25519 = 29;

export function clientHello(site, { noise }, dice) {
  const name = Buffer.from(site.name);
  const extensions = Buffer.concat([
    extension(0, sized(Buffer.concat([Buffer.from([0]), sized(name)]))),
    extension(10, sized(two(X25519))),
    extension(13, sized(Buffer.from([4, 3, 8, 4]))),
    extension(16, sized(Buffer.from('\x08http/1.1', 'latin1'))),
    extension(43, Buffer.from([2, 3, 4])),
    extension(45, Buffer.from([1, 1])),
    extension(51, sized(Buffer.concat([two(X25519), sized(slice(noise, 32, dice))]))),
    extension(21, Buffer.alloc(100 + dice.below(60))),
  ]);
  const id = slice(noise, 32, dice);
  const hello = [
    two(0x0303),
    slice(noise, 32, dice),
    Buffer.from([32]),
    id,
    sized(Buffer.from([0x13, 1, 0x13, 2])),
    Buffer.from([1, 0]),
  ];
  return { id, bytes: record(22, 1, handshake(1, Buffer.concat([...hello, sized(extensions)]))) };
}

const CHANGE_CIPHER = record(20, 3, Buffer.from([1]));

/** ServerHello, and what follows it under encryption: extensions, certificate, Finished. */
export function serverFlight(id, { noise }, dice) {
  const extensions = Buffer.concat([
    extension(43, two(0x0304)),
    extension(51, Buffer.concat([two(X25519), sized(slice(noise, 32, dice))])),
  ]);
  const hello = [two(0x0303), slice(noise, 32, dice), Buffer.from([32]), id, Buffer.from([0x13, 1, 0]), sized(extensions)];
  const hidden = [40, 2300 + dice.below(1600), 290, 69].map((length) => record(23, 3, slice(noise, length, dice)));
  return Buffer.concat([record(22, 3, handshake(2, Buffer.concat(hello))), CHANGE_CIPHER, ...hidden]);
}

export const clientFinished = ({ noise }, dice) => Buffer.concat([CHANGE_CIPHER, record(23, 3, slice(noise, 69, dice))]);

export function ciphertext(length, { noise }, dice) {
  const parts = [];
  for (let left = length; left > 0; left -= 16384) parts.push(record(23, 3, slice(noise, Math.min(left, 16384) + 17, dice)));
  return Buffer.concat(parts);
}
