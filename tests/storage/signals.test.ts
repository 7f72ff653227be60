import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { describeOnEachDatabase } from '../support/databases.ts';
import { until } from '../support/until.ts';

describeOnEachDatabase('signals', (databases) => {
  const isShared = databases.engine === 'PostgreSQL';

  it.runIf(isShared)('reach the other processes, and not the one that sends them', async () => {
    const [one, other] = [await databases.open(), await databases.openAgain()];
    const heard: string[] = [];
    one.signals.listen((topic) => heard.push(`one: ${topic}`));
    other.signals.listen((topic) => heard.push(`other: ${topic}`));
    await until(() => {
      one.signals.send('a topic');
      return heard.length > 0;
    });
    other.signals.send('the answer');
    await until(() => heard.includes('one: the answer'));
    expect(new Set(heard)).toEqual(new Set(['other: a topic', 'one: the answer']));
  });

  it.runIf(isShared)('are heard again after the connection to the database broke', async () => {
    const [one, other] = [await databases.open(), await databases.openAgain()];
    let heard = 0;
    one.signals.listen(() => {
      heard += 1;
    });
    const isHeard = () => {
      other.signals.send('a topic');
      return heard > 0;
    };
    await until(isHeard);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and query like 'listen%'`.execute(
      other.reader,
    );
    heard = 0;
    await until(isHeard);
  });

  it.skipIf(isShared)('come to nobody where one process has the database to itself', async () => {
    const db = await databases.open();
    db.signals.listen(() => expect.unreachable());
    db.signals.send('a topic');
  });
});
