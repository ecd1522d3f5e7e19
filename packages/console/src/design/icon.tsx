import {
  Activity,
  ArrowDown,
  ArrowUp,
  Ban,
  Check,
  ChevronDown,
  ChevronRight,
  Circle,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CirclePause,
  CircleSlash,
  CircleX,
  ClipboardList,
  Clock,
  Coffee,
  Copy,
  CornerUpLeft,
  Download,
  Ellipsis,
  Flag,
  FolderKanban,
  Grid3x3,
  Hand,
  type IconNode,
  Info,
  Keyboard,
  Layers,
  Link,
  ListFilter,
  ListTodo,
  LoaderCircle,
  LogOut,
  Pause,
  Play,
  Plus,
  RotateCcw,
  Rows3,
  Search,
  ServerCog,
  Settings2,
  SkipForward,
  SquarePen,
  SunMoon,
  Table,
  TriangleAlert,
  Users,
  X,
} from 'lucide'
import { h, type VNode } from 'preact'

const ICONS = {
  accepted: CircleDot,
  activity: Activity,
  add: Plus,
  assigned: CircleDashed,
  away: Coffee,
  back: CornerUpLeft,
  cancel: Ban,
  check: Check,
  close: X,
  copy: Copy,
  density: Rows3,
  done: CircleCheck,
  down: ArrowDown,
  download: Download,
  failed: CircleX,
  filter: ListFilter,
  flag: Flag,
  folded: ChevronRight,
  help: Info,
  hold: Hand,
  jobs: Layers,
  keys: Keyboard,
  link: Link,
  more: Ellipsis,
  pause: Pause,
  paused: CirclePause,
  people: Users,
  project: FolderKanban,
  queue: ListTodo,
  results: Grid3x3,
  retry: RotateCcw,
  ring: Circle,
  running: LoaderCircle,
  runs: Play,
  search: Search,
  settings: Settings2,
  signOut: LogOut,
  skip: SkipForward,
  stopped: CircleSlash,
  system: ServerCog,
  table: Table,
  tasks: ClipboardList,
  theme: SunMoon,
  unfolded: ChevronDown,
  up: ArrowUp,
  wait: Clock,
  warning: TriangleAlert,
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
