/** CouchDB's doors over PouchDB's own store, and an empty page with PouchDB in it: `node server.mjs PORT FOLDER`. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express from 'express';
import doors from 'express-pouchdb';
import PouchDB from 'pouchdb';

const [port, folder] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const kept = PouchDB.defaults({ prefix: join(folder, '/') });
const app = express();
app.get('/', (_request, reply) => reply.type('html').send('<!doctype html><title>PouchDB</title>'));
app.use('/pouchdb', express.static(join(here, 'node_modules/pouchdb/dist')));
app.get('/page.js', (_request, reply) => reply.sendFile(join(here, 'page.js')));
app.use('/db', doors(kept, { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: join(folder, 'log.txt') }));
app.listen(Number(port), '127.0.0.1');
