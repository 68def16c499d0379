import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BAD, HpackDecoder, Representation, readRepresentation, TABLE_LIMIT } from '../../src/dissect/http2/hpack.ts';
import { BAD_HUFFMAN, huffman } from '../../src/dissect/http2/huffman.ts';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s+/g, ''), 'hex');

/** The fields of a block as "name: value"; what is not known is "?". False behind them where the block is none. */
function decoded(decoder: HpackDecoder, block: Buffer, plain = true): (string | false)[] {
  const list: (string | false)[] = [];
  const good = decoder.decode(block, 0, block.length, {
    field: (name, value, nameBytes, valueBytes) => {
      list.push(`${name ?? '?'}: ${value ?? '?'}`);
      if (plain && name !== undefined && value !== undefined)
        expect([nameBytes, valueBytes]).toEqual([name.length, value.length]);
    },
  });
  return good ? list : [...list, false];
}

const all = (): boolean => true;

describe('RFC 7541 Appendix C', () => {
  test('C.1: numbers', () => {
    const r = new Representation();
    // 10 and 1337 with a prefix of 5 bits (as a table size update), 42 with 8 bits has no form of its own.
    expect(readRepresentation(r, hex('2a'), 0, 1)).toBe(1);
    expect(r.index).toBe(10);
    expect(readRepresentation(r, hex('3f9a0a'), 0, 3)).toBe(3);
    expect(r.index).toBe(1337);
  });

  test('C.2: each form of a field', () => {
    const one = (block: string): [(string | false)[], number] => {
      const decoder = new HpackDecoder(all);
      return [decoded(decoder, hex(block)), decoder.tableSize];
    };
    expect(one('400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572')).toEqual([['custom-key: custom-header'], 55]);
    expect(one('040c 2f73 616d 706c 652f 7061 7468')).toEqual([[':path: /sample/path'], 0]);
    expect(one('1008 7061 7373 776f 7264 0673 6563 7265 74')).toEqual([['password: secret'], 0]);
    expect(one('82')).toEqual([[':method: GET'], 0]);
  });

  const REQUESTS = [
    [[':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'], 57],
    [[':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com', 'cache-control: no-cache'], 110],
    [[':method: GET', ':scheme: https', ':path: /index.html', ':authority: www.example.com', 'custom-key: custom-value'], 164],
  ] as const;
  test.each([
    [
      'C.3: requests in the clear',
      [
        '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
        '8286 84be 5808 6e6f 2d63 6163 6865',
        '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
      ],
    ],
    [
      'C.4: requests with Huffman codes',
      [
        '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
        '8286 84be 5886 a8eb 1064 9cbf',
        '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
      ],
    ],
  ])('%s', (_name, blocks) => {
    const decoder = new HpackDecoder(all);
    expect(blocks.map((block) => [decoded(decoder, hex(block)), decoder.tableSize])).toEqual(REQUESTS);
  });

  const COOKIE = 'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1';
  const [FIRST, SECOND] = ['Mon, 21 Oct 2013 20:13:21 GMT', 'Mon, 21 Oct 2013 20:13:22 GMT'];
  const RESPONSES = [
    [[':status: 302', 'cache-control: private', `date: ${FIRST}`, 'location: https://www.example.com'], 222],
    [[':status: 307', 'cache-control: private', `date: ${FIRST}`, 'location: https://www.example.com'], 222],
    [
      [
        ':status: 200',
        'cache-control: private',
        `date: ${SECOND}`,
        'location: https://www.example.com',
        'content-encoding: gzip',
        COOKIE,
      ],
      215,
    ],
  ] as const;
  // A table of 256 bytes, so that entries go; the size update stands in for the SETTINGS of the example.
  test.each([
    [
      'C.5: responses in the clear',
      [
        '4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
        '4803 3330 37c1 c0bf',
        '88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31',
      ],
    ],
    [
      'C.6: responses with Huffman codes',
      [
        '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
        '4883 640e ffc1 c0bf',
        '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
      ],
    ],
  ])('%s', (_name, blocks) => {
    const decoder = new HpackDecoder(all);
    decoder.decode(hex('3fe101'), 0, 3, { field: () => undefined });
    expect(blocks.map((block) => [decoded(decoder, hex(block)), decoder.tableSize])).toEqual(RESPONSES);
  });
});

describe('Huffman code', () => {
  const text = (bytes: Buffer): string | number => {
    const out = Buffer.alloc(64);
    const length = huffman(bytes, 0, bytes.length, out);
    return length < 0 ? length : out.toString('latin1', 0, length);
  };
  test('codes of RFC 7541 Appendix B, of all lengths', () => {
    expect(text(hex('f1e3c2e5f23a6ba0ab90f4ff'))).toBe('www.example.com');
    // ' ' (6 bits), '!' (10), '\n' (30), 0xff (26), 0x00 (13), '<' (15), '\\' (19): one after the other, ones to the end.
    const codes = ['010100', '1111111000', '111111111111111111111111111100', '11111111111111111111101110', '1111111111000'];
    codes.push('111111111111100', '1111111111111110000');
    const bits = codes.join('');
    const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
    expect(text(Buffer.from(padded.match(/.{8}/g)?.map((octet) => Number.parseInt(octet, 2)) ?? []))).toBe(' !\n\xff\x00<\\');
  });
  test('§5.2: padding of a whole byte, other padding than ones, EOS', () => {
    expect(text(hex('1fff'))).toBe(BAD_HUFFMAN);
    expect(text(hex('1f'))).toBe('a');
    expect(text(hex('18'))).toBe(BAD_HUFFMAN);
    expect(text(hex('fffffffc'))).toBe(BAD_HUFFMAN);
    expect(text(hex('ffffffff'))).toBe(BAD_HUFFMAN);
    expect(text(hex(''))).toBe('');
  });
});

describe('what cannot be', () => {
  test.each([
    ['index 0', '80'],
    ['an index beyond the table', 'be'],
    ['a name beyond the table', '7e0161'],
    ['a number that does not end', 'ffffffffffffffff'],
    ['a string longer than the block', '400a61'],
    ['a block that ends in a field', '40'],
  ])('%s', (_name, block) => expect(decoded(new HpackDecoder(all), hex(block))).toEqual([false]));
  test('numbers beyond 31 bits', () => {
    expect(readRepresentation(new Representation(), hex('7fffffffff07'), 0, 6)).toBe(BAD);
  });
});

describe('a table whose beginning was not seen', () => {
  test('older entries are unknown, newer ones are known', () => {
    const decoder = new HpackDecoder(all);
    decoder.lose();
    // Entry 62 is not known; then "custom-key: custom-header" becomes 62, and what was 62 is 63.
    expect(decoded(decoder, hex('be 400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572 be bf'))).toEqual([
      '?: ?',
      'custom-key: custom-header',
      'custom-key: custom-header',
      '?: ?',
    ]);
    // A field with the name of an entry that is not known, kept: name unknown, value known.
    expect(decoded(decoder, hex('7f00 0161 be bf'))).toEqual(['?: ?', '?: ?', 'custom-key: custom-header']);
  });
  test('after a block that is none nothing is known', () => {
    const decoder = new HpackDecoder(all);
    decoded(decoder, hex('400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572'));
    expect(decoded(decoder, hex('80'))).toEqual([false]);
    expect(decoded(decoder, hex('be'))).toEqual(['?: ?']);
  });
});

test('whatever the bytes: no exception, and a table within its limit', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (blocks) => {
      let held = 0;
      const budget = { take: (n: number) => (held += n) >= 0, give: (n: number) => void (held -= n) };
      const decoder = new HpackDecoder(all, budget);
      for (const block of blocks) {
        decoded(decoder, Buffer.from(block), false);
        expect(decoder.tableSize).toBeLessThanOrEqual(TABLE_LIMIT);
        expect(decoder.tableSize).toBe(held);
      }
      decoder.end();
      expect(held).toBe(0);
    }),
  );
});
