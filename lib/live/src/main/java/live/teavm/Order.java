package live.teavm;

import java.util.HashMap;
import java.util.Map;
import org.teavm.model.BasicBlock;
import org.teavm.model.Instruction;
import org.teavm.model.Program;
import org.teavm.model.Variable;
import org.teavm.model.instructions.AssignInstruction;
import org.teavm.model.instructions.BinaryInstruction;
import org.teavm.model.instructions.BinaryOperation;
import org.teavm.model.instructions.CastNumberInstruction;
import org.teavm.model.instructions.DoubleConstantInstruction;
import org.teavm.model.instructions.GetElementInstruction;
import org.teavm.model.instructions.NegateInstruction;
import org.teavm.model.instructions.NumericOperandType;

/**
 * Keeps sums and products of doubles in Java's order. TeaVM 0.16 prints a + (b − c) as a + b − c, and a · (b · c) as
 * a · b · c, which round otherwise. So what stands on the right is never a sum (or a product): the operands change
 * places, or a + r becomes a − (−r) and a · r becomes −(a · (−r)), which are the same numbers.
 */
final class Order {
    /** What a variable may be printed as; UNKNOWN is what may become anything when methods are put into one another. */
    private enum Kind {
        SUM,
        PRODUCT,
        ATOM,
        UNKNOWN
    }

    private final Map<Variable, Kind> kinds = new HashMap<>();

    private Order() {}

    static void keep(Program program) {
        Order order = new Order();
        for (BasicBlock block : program.getBasicBlocks()) {
            for (Instruction instruction : block) {
                order.see(instruction);
            }
        }
        for (BasicBlock block : program.getBasicBlocks()) {
            for (Instruction instruction : block) {
                if (instruction instanceof BinaryInstruction binary
                        && binary.getOperandType() == NumericOperandType.DOUBLE) {
                    order.keep(binary, program);
                }
            }
        }
    }

    private Kind kind(Variable v) {
        return kinds.getOrDefault(v, Kind.UNKNOWN);
    }

    private void see(Instruction instruction) {
        if (instruction instanceof BinaryInstruction binary) {
            kinds.put(
                    binary.getReceiver(),
                    switch (binary.getOperation()) {
                        case ADD, SUBTRACT -> Kind.SUM;
                        case MULTIPLY, DIVIDE, MODULO -> Kind.PRODUCT;
                        default -> Kind.UNKNOWN;
                    });
        } else if (instruction instanceof AssignInstruction assign) {
            kinds.put(assign.getReceiver(), kind(assign.getAssignee()));
        } else if (instruction instanceof DoubleConstantInstruction constant) {
            kinds.put(constant.getReceiver(), Kind.ATOM);
        } else if (instruction instanceof GetElementInstruction element) {
            kinds.put(element.getReceiver(), Kind.ATOM);
        } else if (instruction instanceof CastNumberInstruction number) {
            kinds.put(number.getReceiver(), Kind.ATOM);
        }
    }

    private void keep(BinaryInstruction binary, Program program) {
        boolean sum = binary.getOperation() == BinaryOperation.ADD;
        if (!sum && binary.getOperation() != BinaryOperation.MULTIPLY) {
            return;
        }
        Variable a = binary.getFirstOperand(), b = binary.getSecondOperand();
        if (stays(kind(b), sum)) {
            return;
        }
        if (stays(kind(a), sum)) {
            binary.setFirstOperand(b);
            binary.setSecondOperand(a);
            return;
        }
        NegateInstruction negative = new NegateInstruction(NumericOperandType.DOUBLE);
        negative.setOperand(b);
        negative.setReceiver(program.createVariable());
        negative.setLocation(binary.getLocation());
        binary.insertPrevious(negative);
        BinaryInstruction other = new BinaryInstruction(
                sum ? BinaryOperation.SUBTRACT : BinaryOperation.MULTIPLY, NumericOperandType.DOUBLE);
        other.setFirstOperand(a);
        other.setSecondOperand(negative.getReceiver());
        other.setLocation(binary.getLocation());
        if (sum) {
            other.setReceiver(binary.getReceiver());
        } else {
            other.setReceiver(program.createVariable());
            NegateInstruction back = new NegateInstruction(NumericOperandType.DOUBLE);
            back.setOperand(other.getReceiver());
            back.setReceiver(binary.getReceiver());
            back.setLocation(binary.getLocation());
            binary.insertNext(back);
        }
        binary.replace(other);
    }

    /** Whether it may stand on the right of a sum, or of a product. */
    private static boolean stays(Kind kind, boolean sum) {
        return kind == Kind.ATOM || kind == (sum ? Kind.PRODUCT : Kind.SUM);
    }
}
