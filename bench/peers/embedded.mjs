#!/usr/bin/env node
// Loads GDELT-like rows into DuckDB and Kuzu and asks our three questions. See README.md.
//
//   node embedded.mjs --rows FILE --questions FILE [--count N] duckdb kuzu
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';

// Column of the GDELT 1.0 export, name, type. DuckDB and Kuzu use the same names for these types.
const COLUMNS = [
  [0, 'id', 'INT64'], [1, 'day', 'DATE'], [5, 'actor1', 'STRING'], [7, 'country1', 'STRING'],
  [15, 'actor2', 'STRING'], [17, 'country2', 'STRING'], [25, 'root_event', 'INT16'], [26, 'code', 'STRING'],
  [28, 'root', 'STRING'], [29, 'quad', 'INT16'], [30, 'goldstein', 'FLOAT'], [31, 'mentions', 'INT32'],
  [32, 'sources', 'INT32'], [33, 'articles', 'INT32'], [34, 'tone', 'FLOAT'], [50, 'place', 'STRING'],
  [51, 'place_country', 'STRING'], [53, 'latitude', 'FLOAT'], [54, 'longitude', 'FLOAT'], [57, 'url', 'STRING']];

const isoDay = (digits) => `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
const csvField = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const KINDS = {
  empty: 'an empty question', newestRows: 'newest 100 of a country: rows', newest: 'newest 100 of a country: events',
  windowRows: '30 days of a pair: rows', window: '30 days of a pair: events', byMonth: 'a year of a pair by month' };
const EVERYTHING = COLUMNS.map(([, name]) => name);
const ROW = ['id', 'day', 'code', 'quad', 'goldstein'];  // what our index has of an event

// The file of import_bench --questions-file: two countries and the days of a window on each line.
const questions = (file) => fs.readFileSync(file, 'utf8').trim().split('\n').map((line) => line.split('\t'));

function argumentsOf(kind, [a, b, first, last]) {
  if (kind === 'empty') return [];
  if (kind.startsWith('newest')) return [a];
  return kind === 'byMonth' ? [a, b, '2021-01-01', '2021-12-31'] : [a, b, first, last];
}

// What import_bench adds up too, so that the answers can be held against each other. `row` has names.
function addUp(kind, row, total) {
  const days = Math.round(new Date(row.day).getTime() / 86_400_000);
  const isMonth = kind === 'byMonth';
  total.rows += 1;
  total.days += days;
  total.goldstein += isMonth ? Math.round(row.mean * 10 * Number(row.count)) : Math.round(row.goldstein * 10);
  total.ids += isMonth ? Number(row.count) : kind.endsWith('Rows') ? 0 : Number(row.id);
}

// Writes the wanted columns as CSV, in parts for two tables if there are two writers; not timed.
async function cut(file, write) {
  let rows = 0;
  for await (const line of readline.createInterface({ input: fs.createReadStream(file) })) {
    const fields = line.split('\t');
    const values = COLUMNS.map(([i, name]) => (name === 'day' ? isoDay(fields[i]) : csvField(fields[i])));
    write(values, fields);
    rows += 1;
  }
  return rows;
}

function diskBytes(file) {
  if (!fs.existsSync(file)) return 0;
  const stat = fs.statSync(file);
  if (!stat.isDirectory()) return stat.size;
  return fs.readdirSync(file).reduce((sum, name) => sum + diskBytes(path.join(file, name)), 0);
}

function report(peer, loadSeconds, rows, bytes, { timings, sums }) {
  const number = (value) => Math.round(value).toLocaleString('en-US').padStart(9);
  console.log(`${peer}: ${Math.round(rows / loadSeconds).toLocaleString('en-US')} rows/s into all indexes ` +
              `(${loadSeconds.toFixed(1)} s), ${Math.round(bytes / rows)} bytes/row on disk`);
  for (const [kind, micros] of Object.entries(timings)) {
    micros.sort((x, y) => x - y);
    const at = (share) => micros[Math.floor(micros.length * share)];
    const { rows: n, days, goldstein, ids } = sums[kind];
    console.log(`  ${KINDS[kind].padEnd(32)} p50 ${number(at(0.5))} us   p99 ${number(at(0.99))} us` +
                (kind === 'empty' ? '' : `   sums: ${n} rows, days ${days}, goldstein ${goldstein}, ids ${ids}`));
  }
}

// run(kind, arguments) executes a question and fetches its rows; named(rows) gives them as objects.
async function ask(run, named, asked) {
  const timings = {};
  const sums = {};
  for (const kind of Object.keys(KINDS)) {
    timings[kind] = [];
    sums[kind] = { rows: 0, days: 0, goldstein: 0, ids: 0 };
    for (const question of asked) {
      const rows = await run(kind, argumentsOf(kind, question));
      if (kind !== 'empty') for (const row of named(kind, rows)) addUp(kind, row, sums[kind]);
    }
    for (const question of asked) {
      const values = argumentsOf(kind, question);
      const start = process.hrtime.bigint();
      await run(kind, values);
      timings[kind].push(Number(process.hrtime.bigint() - start) / 1000);
    }
  }
  return { timings, sums };
}

async function duckdb(file, asked, folder) {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const csv = path.join(folder, 'rows.csv');
  const out = fs.openSync(csv, 'w');
  const rows = await cut(file, (values) => fs.writeSync(out, `${values.join(',')}\n`));
  fs.closeSync(out);
  const database = path.join(folder, 'event.duckdb');
  const instance = await DuckDBInstance.create(database, { memory_limit: '4GB', threads: '2' });
  const connection = await instance.connect();
  const start = process.hrtime.bigint();
  const types = { INT64: 'BIGINT', INT32: 'INTEGER', INT16: 'SMALLINT', STRING: 'VARCHAR' };
  const columns = COLUMNS.map(([, name, type]) => `'${name}': '${types[type] ?? type}'`).join(', ');
  await connection.run(`CREATE TABLE event AS SELECT * FROM read_csv('${csv}', header = false, nullstr = '',
    columns = {${columns}}) ORDER BY day`);
  for (const index of ['country1', 'country2', 'actor1', 'actor2', 'root', 'country1, country2']) {
    await connection.run(`CREATE INDEX by_${index.replace(/\W+/g, '_')} ON event (${index})`);
  }
  await connection.run('CHECKPOINT');
  const load = Number(process.hrtime.bigint() - start) / 1e9;
  const newest = (columns) => `SELECT ${columns} FROM event WHERE country1 = $1 OR country2 = $1
    ORDER BY day DESC, id DESC LIMIT 100`;
  const pair = (what) => `SELECT ${what} FROM event WHERE ((country1 = $1 AND country2 = $2) OR
    (country1 = $2 AND country2 = $1)) AND day BETWEEN $3::DATE AND $4::DATE`;
  const texts = {
    empty: 'SELECT 1',
    newestRows: newest(ROW), newest: newest(EVERYTHING),
    windowRows: `${pair(ROW)} ORDER BY day, id LIMIT 1000`, window: `${pair(EVERYTHING)} ORDER BY day, id LIMIT 1000`,
    byMonth: `${pair("date_trunc('month', day) AS month, count(*), avg(goldstein)")} GROUP BY month ORDER BY month`,
  };
  const prepared = {};
  for (const [kind, text] of Object.entries(texts)) prepared[kind] = await connection.prepare(text);
  const run = async (kind, args) => {
    args.forEach((value, i) => prepared[kind].bindVarchar(i + 1, value));
    return (await prepared[kind].runAndReadAll()).getRows();
  };
  const named = (kind, rows) => {
    const names = kind === 'byMonth' ? ['day', 'count', 'mean'] : kind.endsWith('Rows') ? ROW : EVERYTHING;
    return rows.map((row) => Object.fromEntries(row.map((value, i) => [names[i], names[i] === 'day' ? String(value) : value])));
  };
  report('DuckDB (Node.js)', load, rows, diskBytes(database), await ask(run, named, asked));
}

async function kuzu(file, asked, folder) {
  const { default: kuzuModule } = await import('kuzu');
  const { Database, Connection } = kuzuModule;
  const names = { country: path.join(folder, 'country.csv'), event: path.join(folder, 'joins.csv') };
  const out = fs.openSync(names.event, 'w');
  const countries = new Set();
  // An event with one country, or none, is a relation with the country 'NONE' on the other side.
  const rows = await cut(file, (values, fields) => {
    const [a, b] = [fields[7] || 'NONE', fields[17] || 'NONE'];
    countries.add(a).add(b);
    fs.writeSync(out, `${a},${b},${values.join(',')}\n`);
  });
  fs.closeSync(out);
  fs.writeFileSync(names.country, [...countries].map((name) => `${name}\n`).join(''));
  const location = path.join(folder, 'event.kuzu');
  const connection = new Connection(new Database(location, 4 * 2 ** 30), 2);
  const start = process.hrtime.bigint();
  await connection.query('CREATE NODE TABLE Country (name STRING PRIMARY KEY)');
  await connection.query(`CREATE REL TABLE Event (FROM Country TO Country, ${
    COLUMNS.map(([, name, type]) => `${name} ${type}`).join(', ')})`);
  await connection.query(`COPY Country FROM '${names.country}' (HEADER = false)`);
  await connection.query(`COPY Event FROM '${names.event}' (HEADER = false, PARALLEL = true)`);
  await connection.query('CHECKPOINT');
  const load = Number(process.hrtime.bigint() - start) / 1e9;
  // An event of a country with itself is matched from both of its ends: DISTINCT.
  const columns = (names) => names.map((name) => `e.${name} AS ${name}`).join(', ');
  const newest = (names) => `MATCH (a:Country {name: $a})-[e:Event]-(b:Country)
    RETURN DISTINCT ${columns(names)} ORDER BY day DESC, id DESC LIMIT 100`;
  const pair = (what) => `MATCH (a:Country {name: $a})-[e:Event]-(b:Country {name: $b})
    WHERE e.day >= date($from) AND e.day <= date($to) RETURN ${what}`;
  const texts = {
    empty: 'RETURN 1',
    newestRows: newest(ROW), newest: newest(EVERYTHING),
    windowRows: `${pair(columns(ROW))} ORDER BY day, id LIMIT 1000`,
    window: `${pair(columns(EVERYTHING))} ORDER BY day, id LIMIT 1000`,
    byMonth: `${pair("date_trunc('month', e.day) AS day, count(*) AS count, avg(e.goldstein) AS mean")} ORDER BY day`,
  };
  const prepared = {};
  for (const [kind, text] of Object.entries(texts)) prepared[kind] = await connection.prepare(text);
  const run = async (kind, [a, b, from, to]) => {
    const values = kind === 'empty' ? {} : kind.startsWith('newest') ? { a } : { a, b, from, to };
    return (await connection.execute(prepared[kind], values)).getAll();
  };
  report('Kuzu (Node.js)', load, rows, diskBytes(location), await ask(run, (_, found) => found, asked));
}

async function main() {
  const args = process.argv.slice(2);
  const option = (name, otherwise) => {
    const at = args.indexOf(name);
    return at < 0 ? otherwise : args.splice(at, 2)[1];
  };
  const file = option('--rows');
  const questionsFile = option('--questions');
  const count = Number(option('--count', '2000'));
  const peers = { duckdb, kuzu };
  if (!file || !questionsFile || !(count > 0) || args.length === 0 || args.some((peer) => !(peer in peers))) {
    console.error('usage: node embedded.mjs --rows FILE --questions FILE [--count N] duckdb|kuzu…');
    process.exit(2);
  }
  const asked = questions(questionsFile).slice(0, count);
  for (const peer of args) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), `peers-${peer}-`));
    try {
      await peers[peer](file, asked, folder);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }
}

await main();
