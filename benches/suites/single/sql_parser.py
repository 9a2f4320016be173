"""SQL taken apart into tokens, parsed by precedence climbing into a tree, simplified, and written out again."""

KEYWORDS = set(
    "SELECT FROM WHERE GROUP BY HAVING ORDER LIMIT AS AND OR NOT IN IS NULL BETWEEN LIKE JOIN LEFT INNER ON DISTINCT "
    "CASE WHEN THEN ELSE END ASC DESC UNION ALL EXISTS TRUE FALSE WITH".split()
)
SYMBOLS = ("<=", ">=", "<>", "!=", "||", "(", ")", ",", "+", "-", "*", "/", "%", "=", "<", ">", ".")


class Token:
    __slots__ = ("kind", "text", "line", "column")

    def __init__(self, kind, text, line, column):
        self.kind = kind
        self.text = text
        self.line = line
        self.column = column


class Tokenizer:
    def __init__(self, sql):
        self.sql = sql
        self.place = 0
        self.line = 1
        self.start_of_line = 0
        self.tokens = []

    def add(self, kind, start):
        self.tokens.append(Token(kind, self.sql[start : self.place], self.line, start - self.start_of_line))

    def run(self):
        sql, size = self.sql, len(self.sql)
        while self.place < size:
            start = self.place
            character = sql[start]
            if character == "\n":
                self.place += 1
                self.line += 1
                self.start_of_line = self.place
            elif character.isspace():
                self.place += 1
            elif character.isalpha() or character == "_":
                while self.place < size and (sql[self.place].isalnum() or sql[self.place] == "_"):
                    self.place += 1
                word = sql[start : self.place].upper()
                self.add(word if word in KEYWORDS else "name", start)
            elif character.isdigit():
                while self.place < size and (sql[self.place].isdigit() or sql[self.place] == "."):
                    self.place += 1
                self.add("number", start)
            elif character == "'":
                self.place = sql.index("'", start + 1) + 1
                self.add("string", start)
            elif sql.startswith("--", start):
                end = sql.find("\n", start)
                self.place = size if end < 0 else end
            else:
                for symbol in SYMBOLS:
                    if sql.startswith(symbol, start):
                        self.place += len(symbol)
                        self.add(symbol, start)
                        break
                else:
                    raise ValueError(f"line {self.line}: what is {character!r}?")
        return self.tokens


class Expression:
    arguments = ()

    def __init__(self, **values):
        self.values = values

    def children(self):
        for value in self.values.values():
            if isinstance(value, Expression):
                yield value
            elif isinstance(value, list):
                for item in value:
                    if isinstance(item, Expression):
                        yield item

    def transform(self, function):
        changed = {}
        for name, value in self.values.items():
            if isinstance(value, Expression):
                changed[name] = value.transform(function)
            elif isinstance(value, list):
                changed[name] = [v.transform(function) if isinstance(v, Expression) else v for v in value]
            else:
                changed[name] = value
        return function(type(self)(**changed))

    def find(self, kind):
        pending = [self]
        while pending:
            node = pending.pop()
            if isinstance(node, kind):
                yield node
            pending.extend(node.children())

    def __eq__(self, other):
        return type(self) is type(other) and self.values == other.values

    def __hash__(self):
        return hash((type(self), self.sql()))


class Literal(Expression):
    def sql(self):
        return self.values["text"]


class Column(Expression):
    def sql(self):
        return ".".join(self.values["path"])


class Binary(Expression):
    def sql(self):
        return f"{self.values['left'].sql()} {self.values['operator']} {self.values['right'].sql()}"


class Unary(Expression):
    def sql(self):
        return f"{self.values['operator']} {self.values['operand'].sql()}"


class Paren(Expression):
    def sql(self):
        return f"({self.values['inner'].sql()})"


class Call(Expression):
    def sql(self):
        return f"{self.values['name'].upper()}({', '.join(a.sql() for a in self.values['arguments'])})"


class Case(Expression):
    def sql(self):
        parts = ["CASE"]
        whens = self.values["whens"]
        for condition, result in zip(whens[::2], whens[1::2]):
            parts.append(f"WHEN {condition.sql()} THEN {result.sql()}")
        if self.values["otherwise"]:
            parts.append(f"ELSE {self.values['otherwise'].sql()}")
        return " ".join(parts) + " END"


class Alias(Expression):
    def sql(self):
        return f"{self.values['inner'].sql()} AS {self.values['name']}"


class Join(Expression):
    def sql(self):
        return f"{self.values['kind']}JOIN {self.values['table'].sql()} ON {self.values['condition'].sql()}"


class Select(Expression):
    def sql(self):
        v = self.values
        parts = ["SELECT " + ("DISTINCT " if v["distinct"] else "") + ", ".join(c.sql() for c in v["columns"])]
        parts.append("FROM " + v["source"].sql())
        parts.extend(join.sql() for join in v["joins"])
        for name in ("where", "having", "limit"):
            if v[name]:
                parts.append(f"{name.upper()} {v[name].sql()}")
            if name == "where" and v["group"]:
                parts.append("GROUP BY " + ", ".join(c.sql() for c in v["group"]))
        if v["order"]:
            parts.append("ORDER BY " + ", ".join(c.sql() for c in v["order"]))
        return " ".join(parts)


POWER = {"OR": 1, "AND": 2, "=": 4, "<>": 4, "!=": 4, "<": 4, ">": 4, "<=": 4, ">=": 4, "LIKE": 4, "IS": 4, "IN": 4}
POWER.update({"BETWEEN": 4, "||": 5, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6})


class Parser:
    def __init__(self, tokens):
        self.tokens = tokens
        self.place = 0

    @property
    def kind(self):
        return self.tokens[self.place].kind if self.place < len(self.tokens) else "end"

    def take(self):
        token = self.tokens[self.place]
        self.place += 1
        return token

    def accept(self, *kinds):
        if self.kind in kinds:
            return self.take()
        return None

    def expect(self, kind):
        token = self.accept(kind)
        if token is None:
            raise ValueError(f"expected {kind}, found {self.kind}")
        return token

    def listed(self, item):
        items = [item()]
        while self.accept(","):
            items.append(item())
        return items

    def select(self):
        self.expect("SELECT")
        distinct = self.accept("DISTINCT") is not None
        columns = self.listed(self.aliased)
        self.expect("FROM")
        source = self.aliased()
        joins = []
        while self.kind in ("JOIN", "LEFT", "INNER"):
            side = "" if self.kind == "JOIN" else self.take().text.upper() + " "
            self.expect("JOIN")
            table = self.aliased()
            self.expect("ON")
            joins.append(Join(kind=side, table=table, condition=self.expression()))
        where = self.expression() if self.accept("WHERE") else None
        group = []
        if self.accept("GROUP"):
            self.expect("BY")
            group = self.listed(self.expression)
        having = self.expression() if self.accept("HAVING") else None
        order = []
        if self.accept("ORDER"):
            self.expect("BY")
            order = self.listed(self.ordered)
        limit = self.expression() if self.accept("LIMIT") else None
        return Select(
            distinct=distinct, columns=columns, source=source, joins=joins, where=where,
            group=group, having=having, order=order, limit=limit,
        )

    def ordered(self):
        inner = self.expression()
        direction = self.accept("ASC", "DESC")
        return Binary(left=inner, operator=direction.text.upper(), right=Literal(text="")) if direction else inner

    def aliased(self):
        inner = self.expression()
        if self.accept("AS"):
            return Alias(inner=inner, name=self.expect("name").text)
        if self.kind == "name":
            return Alias(inner=inner, name=self.take().text)
        return inner

    def expression(self, power=0):
        left = self.prefix()
        while True:
            operator = self.kind
            strength = POWER.get(operator, -1)
            if strength <= power:
                return left
            self.take()
            if operator == "IN":
                self.expect("(")
                inner = self.select() if self.kind == "SELECT" else Call(name="", arguments=self.listed(self.expression))
                self.expect(")")
                right = Paren(inner=inner)
            elif operator == "BETWEEN":
                low = self.expression(4)
                self.expect("AND")
                right = Binary(left=low, operator="AND", right=self.expression(4))
            elif operator == "IS":
                negated = self.accept("NOT")
                self.expect("NULL")
                right = Literal(text="NOT NULL" if negated else "NULL")
            else:
                right = self.expression(strength)
            left = Binary(left=left, operator=operator, right=right)

    def prefix(self):
        token = self.take()
        if token.kind in ("number", "string", "NULL", "TRUE", "FALSE", "*"):
            return Literal(text=token.text)
        if token.kind in ("NOT", "-"):
            return Unary(operator=token.kind, operand=self.expression(3))
        if token.kind == "(":
            inner = self.select() if self.kind == "SELECT" else self.expression()
            self.expect(")")
            return Paren(inner=inner)
        if token.kind == "CASE":
            whens = []
            while self.accept("WHEN"):
                whens.append(self.expression())
                self.expect("THEN")
                whens.append(self.expression())
            otherwise = self.expression() if self.accept("ELSE") else None
            self.expect("END")
            return Case(whens=whens, otherwise=otherwise)
        if token.kind != "name":
            raise ValueError(f"unexpected {token.kind} in line {token.line}")
        if self.accept("("):
            arguments = [] if self.kind == ")" else self.listed(self.expression)
            self.expect(")")
            return Call(name=token.text, arguments=arguments)
        path = [token.text]
        while self.accept("."):
            path.append(self.take().text)
        return Column(path=path)


def simplify(node):
    """Arithmetic on literals is done, and conditions with TRUE are dropped."""
    if isinstance(node, Binary):
        left, right, operator = node.values["left"], node.values["right"], node.values["operator"]
        if isinstance(left, Literal) and isinstance(right, Literal) and operator in ("+", "-", "*"):
            if left.sql().isdigit() and right.sql().isdigit():
                a, b = int(left.sql()), int(right.sql())
                return Literal(text=str(a + b if operator == "+" else a - b if operator == "-" else a * b))
        if operator == "AND" and left.sql() == "TRUE":
            return right
        if operator == "AND" and left == right:
            return left
    if isinstance(node, Paren) and isinstance(node.values["inner"], (Literal, Column)):
        return node.values["inner"]
    return node


QUERY = """
SELECT DISTINCT c.name, COUNT(*) AS orders, SUM(o.price * (1 - o.discount)) AS revenue, -- what they paid
  CASE WHEN SUM(o.price) > 100{n} THEN 'large' WHEN SUM(o.price) > 10 + 5 * 3 THEN 'middle' ELSE 'small' END AS size
FROM customers AS c
LEFT JOIN orders o ON o.customer = c.id AND o.state <> 'void'
INNER JOIN regions AS r ON r.id = c.region
WHERE TRUE AND (c.born BETWEEN 1900 + 50 AND 2000) AND c.name LIKE 'A%' OR NOT c.closed IS NOT NULL
  AND c.region IN (1, 2, {n}) AND c.id IN (SELECT b.id FROM blocked b WHERE b.since < 20{n} AND b.since < 20{n})
GROUP BY c.name, r.title
HAVING COUNT(*) >= 3
ORDER BY revenue DESC, c.name
LIMIT 50
"""


def bench_sql_parser(threads):
    total = columns = 0
    text = ""
    for n in range(800):
        tree = Parser(Tokenizer(QUERY.replace("{n}", str(n))).run()).select()
        columns += sum(1 for _ in tree.find(Column))
        text = tree.transform(simplify).sql()
        total += len(text)
    return total, columns, text
