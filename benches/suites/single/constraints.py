"""An incremental solver of one-way constraints with strengths: a graph of variables is planned, perturbed and planned again."""

REQUIRED, STRONG, MEDIUM, WEAK, FREE = range(5)


class Variable:
    def __init__(self, name, value=0):
        self.name = name
        self.value = value
        self.constraints = []
        self.decided_by = None
        self.strength = FREE
        self.mark = 0
        self.stays = True


class Constraint:
    """What holds between variables; a satisfied one computes its output from the others."""

    def __init__(self, solver, strength):
        self.solver = solver
        self.strength = strength

    def register(self):
        for variable in self.variables():
            variable.constraints.append(self)
        self.solver.add(self)

    def satisfy(self, mark):
        self.choose(mark)
        if not self.satisfied():
            if self.strength == REQUIRED:
                raise RuntimeError("a required constraint cannot be met")
            return None
        for variable in self.inputs():
            variable.mark = mark
        output = self.output()
        overridden = output.decided_by
        if overridden is not None:
            overridden.forget()
        output.decided_by = self
        if not self.solver.propagate(self, mark):
            raise RuntimeError("a cycle of constraints")
        output.mark = mark
        return overridden

    def known(self, mark):
        return all(v.mark == mark or v.stays or v.decided_by is None for v in self.inputs())

    def remove(self):
        if self.satisfied():
            self.solver.remove(self)
        else:
            for variable in self.variables():
                variable.constraints.remove(self)


class Unary(Constraint):
    def __init__(self, solver, variable, strength):
        super().__init__(solver, strength)
        self.variable = variable
        self.active = False
        self.register()

    def variables(self):
        return (self.variable,)

    def inputs(self):
        return ()

    def output(self):
        return self.variable

    def satisfied(self):
        return self.active

    def forget(self):
        self.active = False

    def choose(self, mark):
        self.active = self.variable.mark != mark and self.strength < self.variable.strength

    def update(self):
        self.variable.strength = self.strength
        self.variable.stays = not self.is_edit()
        if self.variable.stays:
            self.execute()

    def is_edit(self):
        return False

    def execute(self):
        pass


class Stay(Unary):
    pass


class Edit(Unary):
    def is_edit(self):
        return True


class Binary(Constraint):
    def __init__(self, solver, first, second, strength):
        super().__init__(solver, strength)
        self.first = first
        self.second = second
        self.direction = 0
        self.register()

    def variables(self):
        return (self.first, self.second)

    def inputs(self):
        return (self.first,) if self.direction > 0 else (self.second,)

    def output(self):
        return self.second if self.direction > 0 else self.first

    def satisfied(self):
        return self.direction != 0

    def forget(self):
        self.direction = 0

    def choose(self, mark):
        first, second = self.first, self.second
        if first.mark == mark:
            self.direction = 1 if second.mark != mark and self.strength < second.strength else 0
        elif second.mark == mark:
            self.direction = -1 if self.strength < first.strength else 0
        elif first.strength > second.strength:
            self.direction = -1 if self.strength < first.strength else 0
        else:
            self.direction = 1 if self.strength < second.strength else 0

    def update(self):
        source = self.inputs()[0]
        output = self.output()
        output.strength = max(self.strength, source.strength)
        output.stays = source.stays
        if output.stays:
            self.execute()

    def is_edit(self):
        return False


class Equal(Binary):
    def execute(self):
        self.output().value = self.inputs()[0].value


class Scale(Binary):
    """`second = first * factor + offset`, either way round."""

    def __init__(self, solver, first, factor, offset, second, strength):
        self.factor = factor
        self.offset = offset
        super().__init__(solver, first, second, strength)

    def variables(self):
        return (self.first, self.second, self.factor, self.offset)

    def execute(self):
        if self.direction > 0:
            self.second.value = self.first.value * self.factor.value + self.offset.value
        else:
            self.first.value = (self.second.value - self.offset.value) // self.factor.value


class Solver:
    def __init__(self):
        self.mark = 0

    def next_mark(self):
        self.mark += 1
        return self.mark

    def add(self, constraint):
        mark = self.next_mark()
        overridden = constraint.satisfy(mark)
        while overridden is not None:
            overridden = overridden.satisfy(mark)

    def remove(self, constraint):
        output = constraint.output()
        constraint.forget()
        for variable in constraint.variables():
            variable.constraints.remove(constraint)
        output.decided_by = None
        output.strength = FREE
        output.stays = True
        unsatisfied = []
        pending = [output]
        while pending:
            variable = pending.pop()
            for other in variable.constraints:
                if not other.satisfied():
                    unsatisfied.append(other)
                elif other is not variable.decided_by:
                    other.update()
                    pending.append(other.output())
        unsatisfied.sort(key=lambda c: c.strength)
        for other in unsatisfied:
            self.add(other)

    def propagate(self, constraint, mark):
        pending = [constraint]
        while pending:
            current = pending.pop()
            if current.output().mark == mark:
                return False
            current.update()
            pending.extend(self.consumers(current.output()))
        return True

    def consumers(self, variable):
        return [c for c in variable.constraints if c is not variable.decided_by and c.satisfied()]

    def plan(self, edits):
        mark = self.next_mark()
        plan = []
        pending = [e for e in edits if e.satisfied()]
        while pending:
            current = pending.pop()
            output = current.output()
            if output.mark != mark and current.known(mark):
                plan.append(current)
                output.mark = mark
                pending.extend(self.consumers(output))
        return plan


def change(solver, variable, values, watched):
    edit = Edit(solver, variable, STRONG)
    plan = solver.plan([edit])
    seen = []
    for value in values:
        variable.value = value
        for constraint in plan:
            constraint.execute()
        seen.append(watched.value)
    edit.remove()
    return seen


def chain(length):
    """A row of variables, each equal to the one before."""
    solver = Solver()
    row = [Variable(f"v{n}") for n in range(length)]
    for left, right in zip(row, row[1:]):
        Equal(solver, left, right, REQUIRED)
    Stay(solver, row[-1], WEAK)
    return sum(change(solver, row[0], range(40), row[-1]))


def projection(count):
    """Pairs bound by a common factor and offset, which are changed in turn."""
    solver = Solver()
    factor, offset = Variable("factor", 10), Variable("offset", 1000)
    pairs = []
    for number in range(count):
        source, target = Variable("s", number), Variable("t", number)
        Stay(solver, source, MEDIUM)
        Scale(solver, source, factor, offset, target, REQUIRED)
        pairs.append((source, target))
    total = 0
    for source, target in pairs:
        total += sum(change(solver, source, (5, 17), target))
        total += sum(change(solver, target, (1050,), source))
    return total + sum(change(solver, factor, range(1, 10), pairs[-1][1]))


def bench_constraints(threads):
    return [(chain(300), projection(300)) for _ in range(32)]
