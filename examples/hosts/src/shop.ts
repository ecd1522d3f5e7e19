import type { ServiceIdentifier } from 'inversify'

/** Stands for whatever the host did before it had Muster. */
export class Shop {
  orders(): readonly { readonly item: string; readonly count: number }[] {
    return [{ item: 'tea', count: 2 }]
  }
}

export const SHOP = Symbol.for('shop.Shop') as ServiceIdentifier<Shop>
