import { describe, expect, it } from 'vitest';
import type { Extracted, Turn } from '../extractor.ts';
import { offlineExtractor } from './offline-extractor.ts';

/** A dialogue as people write it down: `C:` the customer, `A:` the agent, `O:` another customer. */
function turnsOf(script: string, newFrom = 0): Turn[] {
  const sides = { C: 'customer', A: 'agent', O: 'other' } as const;
  return script
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .map((line, index) => ({
      index,
      side: sides[line.charAt(0) as keyof typeof sides], // scripts use no other letters
      text: line.slice(2).trim(),
      occurredAt: 1000 + index,
      isNew: index >= newFrom,
    }));
}

async function read(
  script: string,
  { newFrom = 0, customerName }: { newFrom?: number; customerName?: string } = {},
): Promise<Extracted> {
  return offlineExtractor().extract({
    customerName,
    turns: turnsOf(script, newFrom),
    wantsSummary: true,
    signal: new AbortController().signal,
  });
}

async function notes(script: string): Promise<string[]> {
  return (await read(script)).observations.map(({ content }) => content);
}

describe('details of the customer', () => {
  it('are taken from sentences that name them', async () => {
    expect(await notes('C: Hello! My name is Tom Becker, and my email is tom.becker@example.com.')).toEqual([
      "Customer's name: Tom Becker",
      "Customer's email: tom.becker@example.com",
    ]);
  });

  it('are told apart by their shape when several were asked for', async () => {
    expect(
      await notes(`
        A: May I have your full name, phone number and order number please?
        C: +1 202 555 0143
        C: ZX-20881
        C: Tom Becker
      `),
    ).toEqual([
      "Customer's phone number: +1 202 555 0143",
      'Customer said: order ID: ZX-20881',
      "Customer's name: Tom Becker",
    ]);
  });

  it('may come several in one answer', async () => {
    expect(
      await notes(`
        A: Could you give me your order number and your email address?
        C: Sure, it's ZX-20881 and tom@example.com
      `),
    ).toEqual(['Customer said: order ID: ZX-20881', "Customer's email: tom@example.com"]);
  });

  it('take their name from the question when the answer is short', async () => {
    expect(
      await notes(`
        A: What is your membership level, Tom?
        C: I'm a silver
      `),
    ).toEqual(["Customer's membership level: silver"]);
  });

  it('are not taken when they are secrets', async () => {
    expect(
      await notes(`
        A: What is your PIN?
        C: 4821
      `),
    ).toEqual([]);
  });
});

describe('what the customer wants', () => {
  it('is told in the third person', async () => {
    expect(await notes("C: Hi, I'd like to change my delivery address because we're moving.")).toEqual([
      'Customer wants to change their delivery address because they are moving',
    ]);
  });

  it('is found in polite questions', async () => {
    expect(await notes('C: Could you please help me to book a court for Saturday?')).toEqual([
      'Customer wants a court for Saturday',
    ]);
  });

  it('collects what was asked and answered, with its particulars', async () => {
    expect(
      await notes(`
        C: I need to book a court.
        A: Which day would you like to play?
        C: Saturday
        A: How many players?
        C: four
        A: Inside or outside?
        C: Outside please
      `),
    ).toEqual([
      'Customer needs to book a court; day: Saturday; number of players: four; Inside or outside: Outside',
    ]);
  });

  it('includes what they do not want', async () => {
    expect(await notes("C: Please don't call before noon.")).toEqual([
      'Customer asked not to call before noon',
    ]);
  });

  it('counts in figures', async () => {
    expect(await notes('C: I need three rackets.')).toEqual(['Customer needs 3 rackets']);
  });

  it('takes yes and no from the question before them', async () => {
    expect(
      await notes(`
        A: Do you need rackets?
        C: Yes please
        A: Do you want to pay now?
        C: No, not now
      `),
    ).toEqual(["Customer wants rackets; doesn't want to pay now"]);
  });
});

describe('what the customer says of themselves', () => {
  it('is an observation of its own when it lasts', async () => {
    expect(await notes('C: I need a new racket. I live in Porto. I prefer email.')).toEqual([
      'Customer needs a new racket',
      'Customer lives in Porto',
      'Customer prefers email',
    ]);
  });

  it('includes complaints', async () => {
    expect(await notes('C: My racket arrived broken!')).toEqual([
      'Customer says their racket arrived broken',
    ]);
  });
});

describe('what came of it', () => {
  it('is what the agent summed up and the customer confirmed', async () => {
    expect(
      await notes(`
        A: Please confirm: court 3 for 4 players on Saturday at 5 pm. Is that correct?
        C: Yes, that's right.
        A: Your court has been booked.
      `),
    ).toEqual(['Customer booked: court 3 for 4 players on Saturday at 5 pm']);
  });

  it('is not what the customer corrected', async () => {
    const observations = await notes(`
      A: Please confirm: court 3 for 4 players on Saturday at 5 pm.
      C: No, make it Sunday.
    `);
    expect(observations.join()).toContain('Sunday');
    expect(observations.join()).not.toContain('Saturday');
  });

  it('is the offer that was taken, not the one before it', async () => {
    const observations = await notes(`
      C: I need a court.
      A: There is court 3 at 5 pm.
      C: Do you have something else?
      A: How about court 7 at 6 pm?
      C: That works for me.
    `);
    expect(observations.at(-1)).toBe('Customer chose: court 7 at 6 pm');
    expect(observations.join()).not.toContain('court 3');
  });

  it('is the last offer when the customer asked about it and left it at that', async () => {
    const observations = await notes(`
      C: I need a court.
      A: How about court 7 at 6 pm?
      C: Is it heated?
      A: Yes, it is.
    `);
    expect(observations.at(-1)).toBe('Customer was offered: court 7 at 6 pm');
  });

  it('includes refusals and promises of the company', async () => {
    expect(
      await notes(`
        C: I want a refund.
        A: Unfortunately we cannot refund opened items. My manager will call you tomorrow.
      `),
    ).toEqual([
      "Customer wants a refund. Outcome: The company cannot refund opened items. The agent's manager will call them tomorrow (1970-01-02)",
    ]);
  });
});

describe('what is worth keeping of a contact', () => {
  it.each([
    [
      'a wrong delivery and what was done about it',
      `
        C: Hi there, I ordered a pair of hiking boots and they arrived in the wrong colour.
        A: I'm sorry about that! Could I have your order number please?
        C: Sure, it's BX-88213.
        A: Thank you. I've arranged an exchange.
        C: By the way, I've moved, my new address is 12 Mill Lane, Springfield.
      `,
      [
        'Customer ordered a pair of hiking boots and they arrived in the wrong colour; order ID: BX-88213. Outcome: The agent has arranged an exchange',
        'Customer has moved',
        "Customer's address: 12 Mill Lane, Springfield",
      ],
    ],
    [
      'a fault, what was tried, and a promise from before',
      `
        C: my internet keeps dropping every evening around 8
        A: Sorry to hear that. Have you tried restarting the router?
        C: yes, twice. it didn't help
        A: What model is your router?
        C: Netgear R7000
        A: OK. I'll send a technician on Tuesday.
        C: also I was promised a credit and I never got it
      `,
      [
        'Customer says their internet keeps dropping every evening around 8; Tried restarting the router: yes; model: Netgear R7000. Outcome: The agent will send a technician on Tuesday',
        'Customer was promised a credit and never got it',
      ],
    ],
    [
      'a reason for leaving and the offer that was taken',
      `
        C: Hello, I want to cancel my subscription.
        A: May I ask why?
        C: It's too expensive and I hardly use it since my daughter was born.
        A: I can offer you 50% off for three months.
        C: Hmm, ok, I'll take that.
      `,
      [
        "Customer wants to cancel their subscription; it's too expensive and they hardly use it since their daughter was born. Chose: 50% off for 3 months",
      ],
    ],
    [
      'who they are apart from what they need',
      `
        C: Good morning, this is Priya Nair. I'm a teacher and I need 30 notebooks for my class.
        A: I've placed the order; your order number is 5512093.
      `,
      [
        "Customer's name: Priya Nair",
        'Customer is a teacher',
        'Customer needs 30 notebooks for their class. Outcome: The agent has placed the order; their order number is 5512093',
      ],
    ],
    [
      'an answer with the question that gives it its meaning',
      `
        C: How long until the refund is paid?
        A: Less than a week.
      `,
      ['Customer was told: How long until the refund is paid: Less than a week'],
    ],
    [
      'an offer that was liked and not taken',
      `
        C: I'm looking for a concert in Porto.
        A: There is Mara Quartet at Casa Azul on May 4th at 8 pm.
        C: That sounds great.
        A: Would you like to buy tickets?
        C: Not now, thanks.
      `,
      [
        'Customer wants a concert in Porto. Liked but did not book: Mara Quartet at Casa Azul on May 4th at 8 pm',
      ],
    ],
  ])('%s', async (_what, script, expected) => {
    expect(await notes(script)).toEqual(expected);
  });

  it('takes fewer words than the customer did', async () => {
    const script = `
      C: Hello, I would really like it if you could help me find a nice and quiet hotel room somewhere in Lisbon please.
      A: Of course! For which nights do you need the room?
      C: I think we will be arriving on the 3rd of May and we will be leaving again on the 9th of May.
      A: How many people are travelling?
      C: It is going to be the two of us, my husband and me, and we have a small dog as well.
    `;
    const said = turnsOf(script).filter(({ side }) => side === 'customer');
    const written = (await notes(script)).join('');
    expect(written).toMatch(/Lisbon.*3rd of May.*9th of May.*dog/);
    expect(written.length).toBeLessThan(0.8 * said.map(({ text }) => text).join('').length);
  });
});

describe('what is left out', () => {
  it.each([
    ['greetings and thanks', 'C: Hello there!\nC: Thanks a lot for your help, bye!'],
    ['the name of whoever is thanked', 'A: Which day suits you?\nC: Thanks, Dana!'],
    [
      'bare answers to courtesies',
      "A: Is there anything else I can do?\nC: No, that's all. Have a nice day!",
    ],
    ['questions about the company', 'C: What are your opening hours?\nC: Do they close on Sundays?'],
    ['small talk of the agent', 'A: I love cats too!\nA: One moment please.'],
    [
      'what an agent reads out of memory',
      'A: Welcome back! According to our records you live in Porto and your order 4410 was cancelled.\nA: I see that you prefer e-mail.\nC: Okay.',
    ],
    ['what another customer says', 'O: I live in Porto.'],
    ['nothing at all', 'C: ...\nC: ??'],
  ])('%s', async (_what, script) => {
    expect(await notes(script)).toEqual([]);
  });
});

describe('an extraction', () => {
  const script = `
    C: I need to book a court.
    A: Which day would you like to play?
    C: Saturday
  `;

  it('writes only what is new, and understands it by what is not', async () => {
    const { observations } = await read(script, { newFrom: 2 });
    expect(observations.map(({ content }) => content)).toEqual(['Customer said (court): day: Saturday']);
  });

  it('dates an observation by the last message that it draws on', async () => {
    expect((await read(script)).observations).toMatchObject([{ occurredAt: 1002 }]);
  });

  it('says the same twice when asked twice', async () => {
    expect(await read(script)).toEqual(await read(script));
  });

  it('writes observations that are quick to read, and some ten of them', async () => {
    const long = Array.from(
      { length: 30 },
      (_, day) => `C: I need court ${day} for my ${'very '.repeat(12)}old friend number ${day}.`,
    );
    const { observations } = await read(long.join('\n'));
    expect(observations.length).toBeLessThanOrEqual(10);
    for (const { content } of observations) expect(content.length).toBeLessThanOrEqual(200);
  });

  it('takes any text in its stride', async () => {
    const texts = [
      '🎾'.repeat(4000),
      'a'.repeat(50_000),
      'I '.repeat(5000),
      'has been '.repeat(3000),
      '. '.repeat(9000),
      '\u0000\uD800',
    ];
    const startedAt = performance.now();
    for (const text of texts) {
      for (const side of ['customer', 'agent'] as const) {
        const turns = [{ index: 0, side, text, occurredAt: 0, isNew: true }];
        const { observations } = await offlineExtractor().extract({
          customerName: undefined,
          turns,
          wantsSummary: true,
          signal: new AbortController().signal,
        });
        for (const { content } of observations) expect(content.length).toBeLessThanOrEqual(200);
      }
    }
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});

describe('an outcome', () => {
  it('is told in a word where it says no more than that it was done, or could not be', async () => {
    expect(
      await notes(`
        C: I need a court for Saturday.
        A: Your booking was successful.
      `),
    ).toEqual(['Customer needs a court for Saturday. Booked']);
    expect(
      await notes(`
        C: I need a court for Saturday.
        A: I'm sorry, I was not able to make that reservation.
      `),
    ).toEqual(['Customer needs a court for Saturday. Could not be booked']);
  });

  it('stays as it was said where it is about something else', async () => {
    const observations = await notes(`
      C: I need a court for Saturday. Can I bring my dog?
      A: Unfortunately you cannot bring animals.
    `);
    expect(observations.join()).toContain('cannot bring animals');
  });
});

describe('a summary', () => {
  it('says what the customer wanted, what was established and how it ended', async () => {
    const { summary } = await read(
      `
        C: I want to return my racket.
        A: What is the order number?
        C: ZX-20881
        A: I have sent you a return label.
        C: Great, thanks!
      `,
      { customerName: 'Tom Becker' },
    );
    expect(summary).toBe(
      'Tom Becker wants to return their racket. Established: order ID: ZX-20881. Outcome: The agent has sent them a return label.',
    );
  });

  it('uses the name that the customer gave', async () => {
    const { summary } = await read('C: My name is Ines Duarte. I want to return my racket.');
    expect(summary).toBe('Ines Duarte wants to return their racket.');
  });

  it('stays within its size and keeps the ending', async () => {
    const wishes = Array.from(
      { length: 80 },
      (_, day) => `C: I need court ${day} for my friends of club ${day}.`,
    );
    const { summary } = await read([...wishes, 'A: All 80 courts have been booked.'].join('\n'));
    expect(summary?.length).toBeLessThanOrEqual(1000);
    expect(summary).toMatch(/80 courts have been booked\.$/);
  });

  it('is not made up when the customer said nothing', async () => {
    expect((await read('A: Hello, is anybody there?')).summary).toBeUndefined();
  });
});
