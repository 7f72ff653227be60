/**
 * A certificate of `localhost` that nobody trusts, with its key, for servers of tests: no secret, made for this file. A test
 * that wants it trusted says so with `tls.setDefaultCACertificates`.
 */
export const localhost = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg8TLUxJesE/HO0Vdc
pXyLmHKaSRgybNH68t/G9NKZFMChRANCAASM87imAYgdtuo0DR/oJF8Qs/5P9TVh
U236/yHr/ib767lYJTmq2C6EPDJIxmdYfuG9p5q5Pt/Q7jTsOsByqGt1
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBYDCCAQegAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIzzuKYBiB226jQN
H+gkXxCz/k/1NWFTbfr/Iev+JvvruVglOarYLoQ8MkjGZ1h+4b2nmrk+39DuNOw6
wHKoa3WjSDBGMBQGA1UdEQQNMAuCCWxvY2FsaG9zdDAPBgNVHRMBAf8EBTADAQH/
MB0GA1UdDgQWBBSsOyO3HT4W6AV3lI276RQYjvUpezAKBggqhkjOPQQDAgNHADBE
AiBORPiiY3Qb+oA5pb0bkQhKNgzV2rhi1MHUxnB41cK4sgIgGaYoimjDkM2gu8W9
0RO3ZVjwZ6Q7olw9mS/ENCJq6jQ=
-----END CERTIFICATE-----`,
} as const;
