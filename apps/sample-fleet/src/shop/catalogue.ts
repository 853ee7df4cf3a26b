import { customers, products } from '../work/names.ts'
import { pick } from '../work/pick.ts'
import { type Department, ok } from './call.ts'

/** Orders: asked for one at a time. */
export const orders: Department = async ({ parts, takes }) => {
  await takes(400)
  const id = Number(parts[0])
  return ok({
    id,
    customer: pick(customers, id),
    product: pick(products, id * 7),
    eur: 19.9 + (id % 23) * 5,
    state: pick(['delivered', 'in transit', 'packed', 'returned'], id * 3),
    placed: `2026-0${1 + (id % 9)}-1${id % 10}`,
  })
}

/** What researchers read. */
export const sources: Department = async ({ parts, takes }) => {
  await takes(2500)
  const id = Number(parts[0])
  return ok({
    id,
    title: `Source ${id}: ${pick(products, id)} and what buyers say`,
    words: 400 + ((id * 37) % 900),
    trust: ((id * 13) % 10) / 10,
  })
}

/** A search that knows the words it is asked with by their product alone: reformulating helps nobody. */
export const search: Department = async ({ query, takes }) => {
  await takes(1500)
  const asked = query.get('q') ?? ''
  const product = products.find((name) => asked.includes(name)) ?? products[0]
  return ok({
    hits: ['Hartmann & Sons', 'Northern Wares', 'Delta Supply'].map((supplier, n) => ({
      supplier,
      product,
      eur: 12.5 + n * 0.4,
      stock: 'on request',
    })),
  })
}
