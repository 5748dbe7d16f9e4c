#!/usr/bin/env node
// Loads GDELT-like rows into DuckDB and Kuzu and asks our three questions. See README.md.
//
//   node embedded.mjs --rows FILE [--questions N] duckdb kuzu
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
const addDays = (day, count) => new Date(Date.parse(day) + count * 86_400_000).toISOString().slice(0, 10);
const csvField = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

// Pairs of countries and days, as often as they occur; the same for the same file.
async function questions(file, count) {
  let state = 7;
  const random = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const rows = [];
  let n = 0;
  for await (const line of readline.createInterface({ input: fs.createReadStream(file) })) {
    const fields = line.split('\t', 18);
    n += 1;
    if (!fields[7] || !fields[17] || fields[7] === fields[17]) continue;
    const row = { a: fields[7], b: fields[17], day: isoDay(fields[1]) };
    if (rows.length < count) rows.push(row);
    else if (random() < count / n) rows[Math.floor(random() * count)] = row;
  }
  return rows;
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

function report(peer, loadSeconds, rows, bytes, timings) {
  const number = (value) => Math.round(value).toLocaleString('en-US').padStart(9);
  console.log(`${peer}: ${Math.round(rows / loadSeconds).toLocaleString('en-US')} rows/s into all indexes ` +
              `(${loadSeconds.toFixed(1)} s), ${Math.round(bytes / rows)} bytes/row on disk`);
  for (const [what, micros] of timings) {
    micros.sort((x, y) => x - y);
    const at = (share) => micros[Math.floor(micros.length * share)];
    console.log(`  ${what.padEnd(34)} p50 ${number(at(0.5))} µs   p99 ${number(at(0.99))} µs`);
  }
}

// run(kind, arguments) executes a question and fetches its rows.
async function ask(run, asked) {
  const timings = [['an empty question', []], ['newest 100 of a country', []], ["a pair's 30 days", []],
    ["a pair's year by month", []]];
  for (const warm of [true, false]) {
    for (const { a, b, day } of warm ? asked.slice(0, asked.length / 4) : asked) {
      const calls = [['empty', []], ['newest', [a]], ['window', [a, b, addDays(day, -29), day]],
        ['byMonth', [a, b, addDays(day, -365), day]]];
      for (const [i, [kind, args]] of calls.entries()) {
        const start = process.hrtime.bigint();
        await run(kind, args);
        if (!warm) timings[i][1].push(Number(process.hrtime.bigint() - start) / 1000);
      }
    }
  }
  return timings;
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
  const pair = (what) => `SELECT ${what} FROM event WHERE ((country1 = $1 AND country2 = $2) OR
    (country1 = $2 AND country2 = $1)) AND day BETWEEN $3::DATE AND $4::DATE`;
  const prepared = {
    empty: await connection.prepare('SELECT 1'),
    newest: await connection.prepare(
      'SELECT * FROM event WHERE country1 = $1 OR country2 = $1 ORDER BY day DESC LIMIT 100'),
    window: await connection.prepare(pair('*')),
    byMonth: await connection.prepare(`${pair("date_trunc('month', day) AS month, count(*), avg(goldstein)")}
      GROUP BY month ORDER BY month`),
  };
  const run = async (kind, args) => {
    args.forEach((value, i) => prepared[kind].bindVarchar(i + 1, value));
    return (await prepared[kind].runAndReadAll()).getRows();
  };
  const timings = await ask(run, asked);
  report(`DuckDB (Node.js)`, load, rows, diskBytes(database), timings);
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
  const pair = (what) => `MATCH (a:Country {name: $a})-[e:Event]-(b:Country {name: $b})
    WHERE e.day >= date($from) AND e.day <= date($to) RETURN ${what}`;
  const texts = {
    empty: 'RETURN 1',
    newest: 'MATCH (a:Country {name: $a})-[e:Event]-(b:Country) RETURN e ORDER BY e.day DESC LIMIT 100',
    window: pair('e'),
    byMonth: pair("date_part('year', e.day) AS y, date_part('month', e.day) AS m, count(*), avg(e.goldstein) ORDER BY y, m"),
  };
  const prepared = {};
  for (const [kind, text] of Object.entries(texts)) prepared[kind] = await connection.prepare(text);
  const run = async (kind, [a, b, from, to]) => {
    const named = kind === 'empty' ? {} : kind === 'newest' ? { a } : { a, b, from, to };
    return (await connection.execute(prepared[kind], named)).getAll();
  };
  const timings = await ask(run, asked);
  report('Kuzu (Node.js)', load, rows, diskBytes(location), timings);
}

async function main() {
  const args = process.argv.slice(2);
  const option = (name, otherwise) => {
    const at = args.indexOf(name);
    return at < 0 ? otherwise : args.splice(at, 2)[1];
  };
  const file = option('--rows');
  const count = Number(option('--questions', '2000'));
  const peers = { duckdb, kuzu };
  if (!file || !(count > 0) || args.length === 0 || args.some((peer) => !(peer in peers))) {
    console.error('usage: node embedded.mjs --rows FILE [--questions N] duckdb|kuzu…');
    process.exit(2);
  }
  const asked = await questions(file, count);
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
