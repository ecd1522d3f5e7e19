import {
  ArrowDown,
  ArrowUp,
  Check,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleSlash,
  CircleX,
  Clock,
  Coffee,
  CornerUpLeft,
  Ellipsis,
  Flag,
  type IconNode,
  Info,
  Keyboard,
  ListTodo,
  LogOut,
  SkipForward,
  SquarePen,
  X,
} from 'lucide'
import { h, type VNode } from 'preact'

const ICONS = {
  accepted: CircleDot,
  assigned: CircleDashed,
  away: Coffee,
  back: CornerUpLeft,
  check: Check,
  close: X,
  done: CircleCheck,
  down: ArrowDown,
  failed: CircleX,
  flag: Flag,
  help: Info,
  keys: Keyboard,
  more: Ellipsis,
  queue: ListTodo,
  signOut: LogOut,
  skip: SkipForward,
  stopped: CircleSlash,
  up: ArrowUp,
  wait: Clock,
  work: SquarePen,
} as const satisfies Record<string, IconNode>

/** The name of an icon. */
export type IconName = keyof typeof ICONS

/** A drawing beside a word, which alone is read out. */
export function Icon({ name }: { readonly name: IconName }): VNode {
  return (
    <svg
      class="icon"
      width="16"
      height="16"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2.25"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {ICONS[name].map(([tag, attributes]) => h(tag, attributes))}
    </svg>
  )
}
