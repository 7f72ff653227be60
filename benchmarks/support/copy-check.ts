import { copiedProfileId, type GrowingStore, phoneOf } from './growing-store.ts';
import type { BenchServer } from './server.ts';

/** Throws unless the API says of copies what it says of the profile that was made through it. */
export async function checkCopies(server: BenchServer, store: GrowingStore, profiles: number): Promise<void> {
  const template = await answersAbout(server, store.storeId, { id: store.template.profileId, number: 0 });
  for (const number of [1, Math.ceil(profiles / 2), profiles]) {
    const id = copiedProfileId(number);
    const answers = await answersAbout(server, store.storeId, { id, number });
    const different = answers.findIndex((answer, at) => answer !== template[at]);
    if (different >= 0) throw new Error(`${id} is no copy: ${answers[different]}`);
  }
}

/** Answers without the names by which the profile and what belongs to it differ from others. */
async function answersAbout(
  { call }: BenchServer,
  storeId: string,
  { id, number }: { id: string; number: number },
): Promise<string[]> {
  const profiles = `/v1/Stores/${storeId}/Profiles`;
  const profile = `${profiles}/${id}`;
  const answers = [
    await call('GET', profile),
    await call('GET', `${profile}/Observations`),
    await call('GET', `${profile}/Identifiers`),
    await call('POST', `${profiles}/Lookup`, { idType: 'phone', value: phoneOf(number) }),
    await call('POST', `${profile}/Recall`, { query: 'what did Dana say' }),
  ];
  return answers.map((answer) =>
    JSON.stringify(answer)
      .replaceAll(/(mem|conv)_[a-z]+_[0-9a-z]{26}/g, 'an id')
      .replaceAll(phoneOf(number), 'a number')
      .replaceAll(`customer.${number}@`, 'customer@')
      .replaceAll(/"queryTime":\d+/g, ''),
  );
}
