/** Our own test kit, also for users: a whole server in the test's process, with a clock that the test moves. */
export {
  basicAuthorization,
  startTestServer,
  type TestReply,
  type TestServer,
  type TestServerOptions,
  testAccount,
} from './test-server.ts';
