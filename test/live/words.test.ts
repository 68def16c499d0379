import { describe, expect, test } from 'vitest';
import { kindOf, Words } from '../../src/helper/words.ts';

/** What the programs really say: tcpdump 4.99.3, dumpcap 4.0.17. */
const said = (text: string): Words => {
  const words = new Words();
  words.add(text);
  return words;
};

describe('what capture programs say', () => {
  test('tcpdump counts at its end, and on SIGUSR1', () => {
    const words = said(
      'tcpdump: listening on lo, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n7 packets captured\n9 packets received by filter\n2 packets dropped by kernel\n1 packet dropped by interface\n',
    );
    expect(words.statistics).toEqual({ received: 9, dropped: 2, interfaceDropped: 1 });
    expect(words.complaint).toBe('');
    const running = said('tcpdump: 5 packets captured, 6 packets received by filter, 1 packet dropped by kernel\n');
    expect(running.statistics).toEqual({ received: 6, dropped: 1, interfaceDropped: 0 });
    expect(running.complaint).toBe('');
  });

  test('dumpcap counts every interface, in pieces of any size', () => {
    const text =
      "Capturing on 'Loopback: lo' and 'v0'\nFile: -\nPackets captured: 12\nPackets received/dropped on interface 'Loopback: lo': 12/3 (pcap:3/dumpcap:0/flushed:0/ps_ifdrop:1) (80.0%)\nPackets received/dropped on interface 'v0': 0/2 (pcap:2/dumpcap:0/flushed:0/ps_ifdrop:0) (0.0%)\n";
    const words = new Words();
    for (const letter of text) words.add(letter);
    expect(words.statistics).toEqual({ received: 12, dropped: 5, interfaceDropped: 1 });
    expect(words.complaint).toBe('');
  });

  test.each([
    ["tcpdump: can't parse filter expression: syntax error\n", 'filter', 0, "can't parse filter expression: syntax error"],
    ['tcpdump: nonesuch: No such device exists\n(No such device exists)\n', 'open', -5, 'nonesuch: No such device exists'],
    [
      "tcpdump: lo: You don't have permission to perform this capture on that device\n(socket: Operation not permitted)\n",
      'open',
      -8,
      "lo: You don't have permission to perform this capture on that device (socket: Operation not permitted)",
    ],
    [
      'Capturing on \'nonesuch\'\ndumpcap: There is no device named "nonesuch".\n(No such device exists)\n',
      'open',
      -5,
      'There is no device named "nonesuch". (No such device exists)',
    ],
    [
      "Capturing on 'Loopback: lo'\ndumpcap: Invalid capture filter \"foo bar\" for interface 'lo'.\n\nThat string isn't a valid capture filter (can't parse filter expression: syntax error).\nSee the User's Guide for a description of the capture filter syntax.\n",
      'filter',
      0,
      "Invalid capture filter \"foo bar\" for interface 'lo'. That string isn't a valid capture filter (can't parse filter expression: syntax error).",
    ],
  ])('%j', (text, what, code, complaint) => {
    const words = said(text);
    expect(words.complaint).toBe(complaint);
    expect(kindOf(words.complaint)).toEqual({ what, code });
  });

  test('a last line without its end is heard', () => {
    expect(said('tcpdump: pcap_loop: The interface disappeared').complaint).toBe('pcap_loop: The interface disappeared');
  });
});
